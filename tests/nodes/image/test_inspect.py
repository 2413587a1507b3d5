from __future__ import annotations

from io import BytesIO

from PIL import Image

from activities.nodes.image.inspect import inspect
from tests.support.office import png
from tests.support.steps import Steps, failure_of


async def test_a_photograph_says_how_it_is_shown_and_when_it_was_taken(steps: Steps) -> None:
    buffer, notes = BytesIO(), Image.Exif()
    notes[0x0112] = 8
    notes.get_ifd(0x8769)[36867] = "2026:01:31 14:05:00"
    Image.new("RGB", (40, 20)).save(buffer, "JPEG", exif=notes, dpi=(300, 300))
    await steps.put("a.jpg", buffer.getvalue())

    assert {
        "format": "JPEG",
        "width": 20,
        "height": 40,
        "frames": 1,
        "dpi": 300.0,
        "transparent": False,
        "taken": "2026-01-31T14:05:00",
    } == await steps.do(inspect, {"path": "a.jpg"})


async def test_a_small_file_of_very_many_pixels_is_refused_before_it_is_unpacked(steps: Steps) -> None:
    await steps.put("a.png", png(Image.new("1", (10_000, 6_000))))

    error = await failure_of(steps.do(inspect, {"path": "a.png"}))

    assert ("InvalidFileError", True) == (error.type, "10000 x 6000 pixels" in error.message)
