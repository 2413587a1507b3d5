from __future__ import annotations

from activities.nodes.pdf.read import read
from activities.nodes.pdf.split import split
from tests.support.office import pdf
from tests.support.steps import Steps, failure_of


async def test_every_page_becomes_a_file(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["one"], ["two"]))

    output = await steps.do(split, {"path": "a.pdf"})

    assert {
        "files": [{"path": "parts/1.pdf", "page_count": 1}, {"path": "parts/2.pdf", "page_count": 1}],
        "count": 2,
    } == output
    assert "two" == (await steps.do(read, {"path": "parts/2.pdf"}))["text"]


async def test_parts_have_the_pages_they_shall_have(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["one"], ["two"], ["three"]))

    await steps.do(split, {"path": "a.pdf", "parts": ["2-", "1,1"], "to": "{n}.pdf"})

    texts = [(await steps.do(read, {"path": path}))["text"] for path in ("1.pdf", "2.pdf")]
    assert ["two\n\nthree", "one\n\none"] == texts


async def test_a_part_that_cannot_be_leaves_no_file(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["one"], ["two"]))

    error = await failure_of(steps.do(split, {"path": "a.pdf", "parts": ["1", "2-3"]}))

    assert "'a.pdf' has 2 pages; it has no '2-3'" == error.message
    assert ["a.pdf"] == list(steps.files)
