from __future__ import annotations

from activities.nodes.pdf.read_form import read_form
from tests.support.office import form, pdf
from tests.support.steps import Steps


async def test_fields_of_all_kinds_are_told(steps: Steps) -> None:
    await steps.put("a.pdf", form())

    output = await steps.do(read_form, {"path": "a.pdf"})

    assert {"name": "", "news": False, "size": None, "country": "Peru", "extras": "a"} == output["values"]
    assert [
        ("name", "text", [], 20),
        ("news", "checkbox", ["Yes"], None),
        ("size", "radio", ["S", "M"], None),
        ("country", "choice", ["Austria", "Peru"], None),
        ("extras", "choice", ["a", "b", "c"], None),
    ] == [(field["name"], field["kind"], field["options"], field["longest"]) for field in output["fields"]]


async def test_a_file_without_a_form_has_no_fields(steps: Steps) -> None:
    await steps.put("a.pdf", pdf(["text"]))

    assert {"values": {}, "fields": []} == await steps.do(read_form, {"path": "a.pdf"})
