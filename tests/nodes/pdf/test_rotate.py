from __future__ import annotations

from activities.nodes.pdf.read import read
from activities.nodes.pdf.render import render
from activities.nodes.pdf.rotate import rotate
from tests.support.office import pdf
from tests.support.steps import Steps


async def test_only_the_pages_that_are_named_are_turned(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["one"], ["two"]))

    output = await steps.do(rotate, {"path": "a.pdf", "by": 270, "pages": "2"})

    pictures = (await steps.do(render, {"path": "a.pdf", "dpi": 20}))["pictures"]
    assert ({"path": "a.pdf", "rotated": 1}, [False, True]) == (
        output,
        [picture["width"] > picture["height"] for picture in pictures],
    )


async def test_text_of_a_turned_page_is_read_as_it_was(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["first\tright", "second"]))

    await steps.do(rotate, {"path": "a.pdf", "by": 90})

    assert "first\tright\nsecond" == (await steps.do(read, {"path": "a.pdf"}))["text"]
