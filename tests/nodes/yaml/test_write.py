from __future__ import annotations

import pytest
from pydantic import JsonValue

from activities.nodes.yaml.read import read
from activities.nodes.yaml.write import write
from tests.support.steps import Steps

VALUES: list[JsonValue] = [
    None,
    "no",
    "2026-01-31",
    "017",
    "0o17",
    "",
    " x ",
    "ü😀\nline\n",
    "a\x85b\u2028c\r\nd",
    {"b": 1, "a": [1.5, True, None, {}, []]},
    ["- x", "a: b", "#no comment", "1e3", ".5", "0x1F", "~", "<<"],
]


@pytest.mark.parametrize("value", VALUES)
async def test_what_was_written_is_read_again(steps: Steps, value: JsonValue) -> None:
    await steps.do(write, {"path": "a.yaml", "value": value})

    assert value == (await steps.do(read, {"path": "a.yaml"}))["value"]


async def test_keys_keep_their_order(steps: Steps) -> None:
    await steps.do(write, {"path": "a.yaml", "value": {"b": 1, "a": "ü"}})

    assert "b: 1\na: ü\n".encode() == await steps.content("a.yaml")
