"""What a picture is, and in what it differs from another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from activities.formats.image.opening import opaque, opened, save, upright

if TYPE_CHECKING:
    from PIL.Image import Image

Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""

_TAKEN = 36867
"""How EXIF numbers the moment at which a picture was taken."""
_EXIF = 0x8769


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What is known of a picture."""

    kind: str
    width: int
    height: int
    frames: int
    dpi: float | None
    transparent: bool
    taken: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """In what two pictures differ."""

    same_size: bool
    share: float
    """Of all pixels, from 0 to 1."""
    box: Box | None
    """Around all that differs; None if nothing does, or if they have other sizes."""


def read_facts(path: Path, *, shown_as: str) -> PictureFacts:
    """Look at a picture.

    Raises:
        InvalidFileError: it is none.
    """
    with opened(path, shown_as=shown_as) as picture:
        turned = picture.getexif().get(0x0112, 1) in {5, 6, 7, 8}
        width, height = reversed(picture.size) if turned else picture.size
        dpi = picture.info.get("dpi")
        return PictureFacts(
            kind=picture.format or "",
            width=width,
            height=height,
            frames=getattr(picture, "n_frames", 1),
            dpi=round(float(dpi[0]), 1) if dpi else None,
            transparent=picture.has_transparency_data,
            taken=_moment(picture.getexif().get_ifd(_EXIF).get(_TAKEN)),
        )


def compare(path: Path, other: Path, to: Path | None, *, tolerance: int, shown_as: tuple[str, str]) -> Difference:
    """Compare pixel by pixel, and draw what differs if there is a place for it.

    Raises:
        InvalidFileError: one of them is no picture.
    """
    with opened(path, shown_as=shown_as[0]) as first, opened(other, shown_as=shown_as[1]) as second:
        before, after = (opaque(upright(each), "white").convert("RGB") for each in (first, second))
    same_size = before.size == after.size
    mask = _differing(before, after, tolerance) if same_size else None
    if to is not None:
        save(iter([_drawn(after, mask) if mask is not None else after]), to)
    if mask is None:
        return Difference(same_size, 1.0, None)
    found = mask.getbbox()
    share = mask.histogram()[255] / (mask.width * mask.height)
    box = (found[0], found[1], found[2] - found[0], found[3] - found[1]) if found else None
    return Difference(same_size, share, box)


def _differing(before: Image, after: Image, tolerance: int) -> Image:
    """White where any of the three colours differs by more than it may."""
    from PIL import ImageChops  # noqa: PLC0415 - optional

    red, green, blue = ImageChops.difference(before, after).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point([0 if value <= tolerance else 255 for value in range(256)])


def _drawn(after: Image, mask: Image) -> Image:
    """What differs in red on a pale picture."""
    from PIL import Image, ImageColor  # noqa: PLC0415 - optional

    pale = Image.blend(after.convert("L").convert("RGB"), Image.new("RGB", after.size, "white"), 0.6)
    pale.paste(ImageColor.getrgb("red"), mask=mask)
    return pale


def _moment(told: object) -> str | None:
    """EXIF writes `2026:01:31 14:05:00`."""
    text = str(told or "").strip("\0 ")
    date, _, time = text.partition(" ")
    return f"{date.replace(':', '-')}T{time}" if date and time else None
