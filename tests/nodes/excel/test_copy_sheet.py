from __future__ import annotations

from activities.nodes.excel.copy_sheet import copy_sheet
from activities.nodes.excel.read import read
from activities.nodes.excel.write import write
from tests.support.steps import Steps, failure_of


async def test_a_copy_holds_the_same(steps: Steps) -> None:
    await steps.do(write, {"path": "a.xlsx", "sheet": "One", "records": [{"n": 1}]})

    output = await steps.do(copy_sheet, {"path": "a.xlsx", "sheet": "One", "to": "Two"})

    assert ["One", "Two"] == output["sheets"]
    assert [{"n": 1}] == (await steps.do(read, {"path": "a.xlsx", "sheet": "Two"}))["records"]


async def test_a_copy_needs_a_name_of_its_own(steps: Steps) -> None:
    await steps.do(write, {"path": "a.xlsx", "sheet": "One", "records": []})

    error = await failure_of(steps.do(copy_sheet, {"path": "a.xlsx", "sheet": "One", "to": "one"}))

    assert "already has a sheet 'one'" in error.message
