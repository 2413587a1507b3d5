from __future__ import annotations

import pytest
from pydantic import JsonValue

from activities.nodes.json.read import read
from activities.nodes.json.write import write
from tests.support.steps import Steps, failure_of


@pytest.mark.parametrize("value", [None, [], {}, "ü😀\n", {"a": [1, 2.5, True, None, {"b": ""}]}, 10**40])
@pytest.mark.parametrize("pretty", [True, False])
async def test_what_was_written_is_read_again(steps: Steps, value: JsonValue, pretty: bool) -> None:  # noqa: FBT001
    await steps.do(write, {"path": "a.json", "value": value, "pretty": pretty})

    assert value == (await steps.do(read, {"path": "a.json"}))["value"]


async def test_people_get_lines_and_machines_get_one(steps: Steps) -> None:
    for pretty in (True, False):
        await steps.do(write, {"path": f"{pretty}", "value": {"ä": [1]}, "pretty": pretty})

    assert '{\n  "ä": [\n    1\n  ]\n}\n'.encode() == await steps.content("True")
    assert '{"ä":[1]}'.encode() == await steps.content("False")


async def test_elements_go_on_lines_of_their_own_where_asked(steps: Steps) -> None:
    await steps.do(write, {"path": "a.jsonl", "value": [{"a": 1}, 2], "lines": True})
    error = await failure_of(steps.do(write, {"path": "b.jsonl", "value": 2, "lines": True}))

    assert b'{"a":1}\n2\n' == await steps.content("a.jsonl")
    assert "expected a list" in error.message
