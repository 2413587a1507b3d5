"""Opening pictures, and saving them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from activities.formats.looks import looks_like
from workflows.errors import AetherError, InvalidFileError, InvalidParamsError

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 50_000_000
"""Of one picture; each takes some bytes of memory, however small the file is."""
MOST_FRAMES = 200
_BRIGHTEST = 255

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
_BY_ENDING = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".gif": "GIF",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
    ".pdf": "PDF",
}
_OPAQUE = {"JPEG", "BMP", "PDF"}


@contextmanager
def opened(path: Path, *, shown_as: str) -> Iterator[Image]:
    """A picture as it is in its file.

    Raises:
        InvalidFileError: it is none, is broken, or has more pixels than a robot takes into its memory.
    """
    from PIL import Image  # noqa: PLC0415 - optional

    Image.MAX_IMAGE_PIXELS = None  # looked at here, before anything is unpacked
    try:
        with Image.open(path, formats=_FORMATS) as picture:
            _check_size(picture, shown_as)
            yield picture
    except (AetherError, MemoryError):
        raise
    except Exception as error:  # a broken file trips Pillow anywhere
        raise InvalidFileError(
            f"{shown_as!r} is no picture that can be read (PNG, JPEG, GIF, BMP, TIFF or WebP){looks_like(path)}; it "
            "may be cut off, or be of another kind"
        ) from error


def upright(picture: Image) -> Image:
    """A picture as it is shown: cameras note how they were held, and leave the turning to others."""
    from PIL import ImageOps  # noqa: PLC0415 - optional

    turned = ImageOps.exif_transpose(picture)
    if turned.mode in {"1", "L", "RGB", "RGBA"}:
        return turned
    return (_eight_bits(turned) if turned.mode.startswith("I") else turned).convert(_plain_mode(turned))


def _eight_bits(picture: Image) -> Image:
    """Have shades of 16 bits as shades of 8: converted as they are, all but the darkest are white."""
    whole = picture.convert("I")
    brightest = whole.getextrema()[1]
    is_deep = isinstance(brightest, int | float) and brightest > _BRIGHTEST
    return whole.point(lambda shade: shade * (1 / 256)) if is_deep else whole


def frames(picture: Image) -> Iterator[Image]:
    """Each page of a scan, each picture of an animation; they are as large as the first at most."""
    count = getattr(picture, "n_frames", 1)
    if count > MOST_FRAMES:
        raise InvalidFileError(f"the picture has {count} pages, more than the {MOST_FRAMES} a robot takes; split it")
    for number in range(count):
        picture.seek(number)
        _check_size(picture, "the picture")
        yield upright(picture)


def opaque(picture: Image, background: str) -> Image:
    """A picture without what can be looked through.

    Raises:
        InvalidParamsError: there is no such colour.
    """
    from PIL import Image, ImageColor  # noqa: PLC0415 - optional

    try:
        colour = ImageColor.getrgb(background)
    except ValueError as error:
        raise InvalidParamsError(f"expected a colour such as 'white' or '#ffcc00', found {background!r}") from error
    if picture.mode != "RGBA":
        return picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")
    below = Image.new("RGB", picture.size, colour[:3])
    below.paste(picture, mask=picture.getchannel("A"))
    return below


def save(pictures: Iterator[Image], to: Path, *, quality: int = 90, background: str = "white") -> tuple[int, int]:
    """Write a picture in the format that its ending says, and tell its width and height; several as pages if they can.

    What a camera has noted is left out.
    """
    kind = _BY_ENDING[to.suffix.lower()]
    ready = (opaque(each, background) if kind in _OPAQUE else each for each in pictures)
    first = next(ready)
    more = {"save_all": True, "append_images": ready} if kind in {"PDF", "TIFF"} else {}
    strength = {"quality": quality} if kind in {"JPEG", "WEBP", "PDF"} else {}
    first.save(to, kind, **strength, **more)
    return first.size


def _check_size(picture: Image, shown_as: str) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise InvalidFileError(
            f"{shown_as!r} has {width} x {height} pixels, more than the {MOST_PIXELS} a robot takes into its memory"
        )


def _plain_mode(picture: Image) -> str:
    return "RGBA" if picture.has_transparency_data else "L" if picture.mode.startswith("I") else "RGB"
