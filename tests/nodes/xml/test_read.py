from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from activities.nodes.xml.read import LARGEST, read
from tests.support.steps import Steps, failure_of
from workflows.call import FileEntry

ORDERS = """<?xml version="1.0" encoding="{encoding}"?>
<o:orders xmlns:o="urn:o" xmlns="urn:d">
  <order id="7"><!-- note --><who>Müller</who><item>Pen</item><item n="2">Ink</item></order>
  <order id="8"><who/><total cur="EUR">12.50</total></order>
</o:orders>"""
FIRST = {"@id": "7", "who": "Müller", "item": ["Pen", {"@n": "2", "#text": "Ink"}]}
SECOND = {"@id": "8", "who": None, "total": {"@cur": "EUR", "#text": "12.50"}}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
async def test_a_document_is_a_mapping(steps: Steps, encoding: str) -> None:
    await steps.put("a.xml", ORDERS.format(encoding=encoding).encode(encoding))

    output = await steps.do(read, {"path": "a.xml"})

    assert {"name": "orders", "value": {"order": [FIRST, SECOND]}, "records": [], "count": 0} == output


@pytest.mark.parametrize(
    ("params", "records"),
    [
        ({"select": "//order"}, [FIRST, SECOND]),
        ({"select": "/orders/order[@id='8']"}, [SECOND]),
        ({"select": "//order/@id"}, ["7", "8"]),
        ({"select": "count(//item)"}, [2]),
        ({"select": "//nothing"}, []),
        (
            {
                "select": "//order",
                "fields": {"id": "@id", "who": "who", "items": "item/text()", "sum": "number(total)"},
            },
            [
                {"id": "7", "who": "Müller", "items": ["Pen", "Ink"], "sum": None},
                {"id": "8", "who": None, "items": None, "sum": 12.5},
            ],
        ),
        ({"select": "//d:who", "namespaces": {"d": "urn:d"}}, ["Müller", None]),
    ],
)
async def test_records_are_chosen_by_xpath(steps: Steps, params: dict[str, Any], records: list[Any]) -> None:
    await steps.put("a.xml", ORDERS.format(encoding="utf-8").encode())

    assert records == (await steps.do(read, {"path": "a.xml"} | params))["records"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<a><b></a>", "line 1, column 9"),
        ("", "line 1"),
        ('<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>', "defines entities"),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "defines entities"),
        ('<?xml version="1.0" encoding="shift_jis"?><a/>', "in an encoding that is not read"),
        ("<a>" * 50_000 + "</a>" * 50_000, "in more than 200 others"),
        ('<a xmlns:x="u" x:t="1" t="2"/>', "attributes that only their namespaces tell apart"),
    ],
)
async def test_what_is_broken_or_dangerous_is_a_business_error(steps: Steps, content: str, said: str) -> None:
    await steps.put("a.xml", content.encode())

    error = await failure_of(steps.do(read, {"path": "a.xml"}))

    assert ("InvalidFileError", "business") == (error.type, error.kind)
    assert said in error.message


async def test_a_broken_expression_is_the_authors(steps: Steps) -> None:
    await steps.put("a.xml", b"<a/>")

    error = await failure_of(steps.do(read, {"path": "a.xml", "select": "//["}))

    assert ("InvalidParamsError", "configuration") == (error.type, error.kind)


async def test_a_file_too_large_for_the_memory_is_not_even_opened(steps: Steps) -> None:
    steps.files["a.xml"] = FileEntry(digest=f"sha256:{'0' * 64}", size=LARGEST * 3)

    assert "'a.xml' has 192 MiB" in (await failure_of(steps.do(read, {"path": "a.xml"}))).message


@pytest.mark.parametrize("expression", ["doc('{other}')", "//a[doc-available('{other}')]", "collection('{other}')"])
async def test_no_expression_reads_other_files_of_the_robot(steps: Steps, tmp_path: Path, expression: str) -> None:
    other = tmp_path / "other.xml"
    other.write_text("<secret/>")
    await steps.put("a.xml", b"<a/>")

    error = await failure_of(steps.do(read, {"path": "a.xml", "select": expression.format(other=other.as_uri())}))

    assert "InvalidParamsError" == error.type
    assert "leads out of the document" in error.message
