from __future__ import annotations

from activities.nodes.pdf.encrypt import encrypt
from activities.nodes.pdf.inspect import inspect
from activities.nodes.pdf.rotate import rotate
from tests.support.office import form, invoice
from tests.support.steps import Steps


async def test_a_file_says_what_it_is(steps: Steps) -> None:
    await steps.put("a.pdf", invoice())

    output = await steps.do(inspect, {"path": "a.pdf"})

    assert (2, False, False, False) == tuple(output[name] for name in ("page_count", "encrypted", "form", "signed"))
    assert {"width": 210.0, "height": 297.0} == output["sizes"][0]
    assert "Invoice" == output["properties"]["title"]
    assert output["properties"]["created"].startswith("20")


async def test_a_page_has_the_size_it_is_shown_with(steps: Steps) -> None:
    await steps.put("a.pdf", invoice())
    await steps.do(rotate, {"path": "a.pdf", "by": 90, "pages": "2"})

    output = await steps.do(inspect, {"path": "a.pdf"})

    assert [{"width": 210.0, "height": 297.0}, {"width": 297.0, "height": 210.0}] == output["sizes"]


async def test_forms_and_protected_files_are_told(steps: Steps) -> None:
    await steps.put("a.pdf", form())
    await steps.do(encrypt, {"path": "a.pdf", "password": "p"})

    output = await steps.do(inspect, {"path": "a.pdf", "password": "p"})

    assert (True, True) == (output["form"], output["encrypted"])
