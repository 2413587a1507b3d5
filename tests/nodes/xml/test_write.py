from __future__ import annotations

import pytest
from pydantic import JsonValue

from activities.nodes.xml.read import read
from activities.nodes.xml.write import write
from tests.support.steps import Steps, failure_of


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text & <more> ü😀",
        {"a": "1", "b": ["2", {"@x": '"q"', "#text": "3"}], "c": None},
        {"@xmlns:p": "urn:p", "name": "x"},
    ],
)
async def test_what_was_written_is_read_again(steps: Steps, value: JsonValue) -> None:
    await steps.do(write, {"path": "a.xml", "root": "r", "value": value})

    output = await steps.do(read, {"path": "a.xml"})
    expected = {key: part for key, part in value.items() if "xmlns" not in key} if isinstance(value, dict) else value
    assert ("r", expected) == (output["name"], output["value"])


async def test_records_are_elements_of_one_name(steps: Steps) -> None:
    await steps.do(
        write, {"path": "a.xml", "record": "order", "value": [{"@id": 7, "paid": True}, {"item": ["a", 1.5]}]}
    )

    assert (
        b"""<?xml version='1.0' encoding='utf-8'?>
<records>
  <order id="7">
    <paid>true</paid>
  </order>
  <order>
    <item>a</item>
    <item>1.5</item>
  </order>
</records>"""
        == await steps.content("a.xml")
    )


@pytest.mark.parametrize("name", ["", "1a", "a b", "a>b", "@", "ns:a:b"])
async def test_a_name_elements_cannot_have_is_refused(steps: Steps, name: str) -> None:
    error = await failure_of(steps.do(write, {"path": "a.xml", "value": {name: 1}}))

    assert "cannot be the name of an element" in error.message


async def test_a_character_xml_cannot_hold_is_refused(steps: Steps) -> None:
    error = await failure_of(steps.do(write, {"path": "a.xml", "value": {"a": "\x00"}}))

    assert "which no XML can hold" in error.message
