from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from activities.nodes.image.crop import crop
from tests.support.office import png
from tests.support.steps import Steps, failure_of


async def test_a_part_is_what_it_was(steps: Steps) -> None:
    whole = Image.new("RGB", (40, 30), "white")
    whole.paste("red", (10, 5, 20, 15))
    await steps.put("a.png", png(whole))

    output = await steps.do(crop, {"path": "a.png", "to": "b.png", "left": 10, "top": 5, "width": 10, "height": 10})

    part = Image.open(BytesIO(await steps.content("b.png")))
    assert {"path": "b.png", "width": 10, "height": 10} == output
    assert [(100, (255, 0, 0))] == part.getcolors()


async def test_a_part_outside_of_the_picture_is_an_error(steps: Steps) -> None:
    await steps.put("a.png", png(Image.new("L", (40, 30))))

    error = await failure_of(
        steps.do(crop, {"path": "a.png", "to": "b.png", "left": 35, "top": 0, "width": 10, "height": 10})
    )

    assert "'a.png' has 40 x 30 pixels; a part that begins at 35, 0 and has 10 x 10 is not in it" == error.message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"%PDF-1.7", "it looks like a PDF file"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "no picture"),
        (png(Image.effect_noise((60, 60), 50))[:900], "it may be cut off"),
    ],
)
async def test_what_is_no_picture_is_a_business_error(steps: Steps, content: bytes, said: str) -> None:
    await steps.put("a.png", content)

    error = await failure_of(
        steps.do(crop, {"path": "a.png", "to": "b.png", "left": 0, "top": 0, "width": 1, "height": 1})
    )

    assert ("InvalidFileError", "business") == (error.type, error.kind)
    assert said in error.message
