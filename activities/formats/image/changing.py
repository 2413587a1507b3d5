"""Pictures cut, scaled, turned and put into other formats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from activities.formats.image.opening import MOST_PIXELS, frames, opaque, opened, save
from workflows.errors import InvalidFileError, InvalidParamsError

if TYPE_CHECKING:
    from PIL.Image import Image

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""
Fit: TypeAlias = Literal["inside", "exact"]


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture, where to write what becomes of it, and how people call it."""

    path: Path
    to: Path
    shown_as: str


def crop(file: PictureFile, left: int, top: int, size: Size) -> Size:
    """Keep a part.

    Raises:
        InvalidFileError: the picture is none or too small for it.
    """
    with opened(file.path, shown_as=file.shown_as) as picture:
        return save((_part(file, whole, (left, top), size) for whole in frames(picture)), file.to)


def _part(file: PictureFile, whole: Image, corner: tuple[int, int], size: Size) -> Image:
    left, top = corner
    width, height = size
    if left + width > whole.width or top + height > whole.height:
        raise InvalidFileError(
            f"{file.shown_as!r} has {whole.width} x {whole.height} pixels; a part that begins at {left}, {top} and "
            f"has {width} x {height} is not in it"
        )
    return whole.crop((left, top, left + width, top + height))


def resize(file: PictureFile, width: int | None, height: int | None, *, fit: Fit) -> Size:
    """Scale a picture; with one side, or to fit inside both, it keeps its shape."""
    from PIL.Image import Resampling  # noqa: PLC0415 - optional

    def scaled(whole: Image) -> Image:
        size = _scaled(whole.size, width, height, fit)
        if size[0] * size[1] > MOST_PIXELS:
            raise InvalidParamsError(f"{size[0]} x {size[1]} pixels are more than the {MOST_PIXELS} a robot writes")
        return whole.resize(size, Resampling.LANCZOS)

    with opened(file.path, shown_as=file.shown_as) as picture:
        return save(map(scaled, frames(picture)), file.to)


def rotate(file: PictureFile, by: float, *, background: str) -> Size:
    """Turn a picture clockwise; what it does not fill any more has a colour."""
    with opened(file.path, shown_as=file.shown_as) as picture:
        return save((_turned(whole, by, background) for whole in frames(picture)), file.to)


def _turned(whole: Image, by: float, background: str) -> Image:
    from PIL import Image  # noqa: PLC0415 - optional

    if not by % 90:
        return whole.rotate(-by, expand=True)
    plain = opaque(whole, background)
    colour = opaque(Image.new("RGBA", (1, 1)), background).convert(plain.mode).getpixel((0, 0))
    return plain.rotate(-by, Image.Resampling.BICUBIC, expand=True, fillcolor=colour)


def convert(file: PictureFile, *, quality: int, background: str) -> Size:
    """Write a picture in the format that its new name says, with all its pages if that format has pages."""
    with opened(file.path, shown_as=file.shown_as) as picture:
        return save(frames(picture), file.to, quality=quality, background=background)


def _scaled(size: Size, width: int | None, height: int | None, fit: Fit) -> Size:
    if fit == "exact" and width is not None and height is not None:
        return width, height
    scale = min(wanted / side for wanted, side in zip((width, height), size, strict=True) if wanted is not None)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
