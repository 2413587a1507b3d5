from __future__ import annotations

from typing import Any

import pytest

from activities.nodes.excel.find import find
from activities.nodes.excel.write import write
from tests.support.steps import Steps

RECORDS = [
    {"item": "Pen", "price": 1.1, "when": "2026-01-31"},
    {"item": "pencil", "price": 4, "when": None},
    {"item": "INK", "price": 4.0, "when": "4"},
]


@pytest.mark.parametrize(
    ("params", "cells"),
    [
        ({"value": "ink"}, ["A4"]),
        ({"value": " pen "}, ["A2"]),
        ({"value": "pen", "part": True}, ["A2", "A3"]),
        ({"value": 4}, ["B3", "B4", "C4"]),
        ({"value": 4, "range": "B:B"}, ["B3", "B4"]),
        ({"value": 4, "limit": 1}, ["B3"]),
        ({"value": "2026-01-31"}, ["C2"]),
        ({"value": "nothing"}, []),
    ],
)
async def test_values_are_found_where_they_are(steps: Steps, params: dict[str, Any], cells: list[str]) -> None:
    await steps.do(write, {"path": "a.xlsx", "records": RECORDS, "formats": {"when": "dd.mm.yyyy"}})

    output = await steps.do(find, {"path": "a.xlsx"} | params)

    assert cells == [cell["cell"] for cell in output["cells"]]
    assert len(cells) == output["count"]


async def test_all_sheets_are_searched_and_a_hit_says_where_it_is(steps: Steps) -> None:
    for sheet in ("One", "Two"):
        await steps.do(write, {"path": "a.xlsx", "sheet": sheet, "records": [{"n": "x"}]})

    output = await steps.do(find, {"path": "a.xlsx", "value": "X"})

    assert [
        {"sheet": "One", "cell": "A2", "row": 2, "column": 1, "value": "x"},
        {"sheet": "Two", "cell": "A2", "row": 2, "column": 1, "value": "x"},
    ] == output["cells"]
