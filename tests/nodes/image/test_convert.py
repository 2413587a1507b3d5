from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from activities.nodes.image.convert import convert
from tests.support.office import png
from tests.support.steps import Steps, failure_of


@pytest.mark.parametrize(
    ("to", "kind"),
    [("b.jpg", "JPEG"), ("b.webp", "WEBP"), ("b.gif", "GIF"), ("b.bmp", "BMP"), ("b.TIFF", "TIFF"), ("b.png", "PNG")],
)
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "I;16", "LA"])
async def test_every_kind_of_picture_becomes_every_other(steps: Steps, mode: str, to: str, kind: str) -> None:
    await steps.put("a.png", png(Image.new(mode, (20, 10))))

    await steps.do(convert, {"path": "a.png", "to": to})

    picture = Image.open(BytesIO(await steps.content(to)))
    assert (kind, (20, 10)) == (picture.format, picture.size)


async def test_what_can_be_looked_through_has_a_colour_behind(steps: Steps) -> None:
    await steps.put("a.png", png(Image.new("RGBA", (4, 4), (0, 0, 0, 0))))

    await steps.do(convert, {"path": "a.png", "to": "b.bmp", "background": "red"})

    assert (255, 0, 0) == Image.open(BytesIO(await steps.content("b.bmp"))).getpixel((0, 0))


async def test_photographs_stand_upright_and_tell_nothing_of_their_camera(steps: Steps) -> None:
    buffer, notes = BytesIO(), Image.Exif()
    notes[0x0112] = 6
    notes[0x010F] = "Camera"
    Image.new("RGB", (40, 20)).save(buffer, "JPEG", exif=notes)
    await steps.put("a.jpg", buffer.getvalue())

    await steps.do(convert, {"path": "a.jpg", "to": "b.jpg"})

    picture = Image.open(BytesIO(await steps.content("b.jpg")))
    assert ((20, 40), 0) == (picture.size, len(picture.getexif()))


async def test_all_pages_of_a_scan_become_pages_of_a_pdf_file(steps: Steps, tmp_path: Path) -> None:
    scan = tmp_path / "a.tiff"
    Image.new("L", (100, 140)).save(scan, save_all=True, append_images=[Image.new("1", (80, 80))])
    await steps.put("a.tiff", scan)

    await steps.do(convert, {"path": "a.tiff", "to": "b.pdf"})

    assert 2 == len(PdfReader(BytesIO(await steps.content("b.pdf"))).pages)


async def test_a_colour_that_is_none_is_an_error(steps: Steps) -> None:
    await steps.put("a.png", png(Image.new("RGBA", (4, 4))))

    error = await failure_of(steps.do(convert, {"path": "a.png", "to": "b.jpg", "background": "reddish"}))

    assert ("InvalidParamsError", True) == (error.type, "'reddish'" in error.message)


async def test_shades_of_16_bits_stay_what_they_show(steps: Steps) -> None:
    """Cut off at 255, nearly all of a scan would be white."""
    await steps.put("a.png", png(Image.new("I;16", (20, 10), 40_000)))

    await steps.do(convert, {"path": "a.png", "to": "b.png"})

    assert 40_000 // 256 == Image.open(BytesIO(await steps.content("b.png"))).getpixel((0, 0))
