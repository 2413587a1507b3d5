from __future__ import annotations

from activities.nodes.excel.add_sheet import add_sheet
from activities.nodes.excel.write import write
from tests.support.steps import Steps, failure_of


async def test_a_sheet_is_added_behind_the_others(steps: Steps) -> None:
    await steps.do(write, {"path": "a.xlsx", "sheet": "One", "records": [{"n": 1}]})

    output = await steps.do(add_sheet, {"path": "a.xlsx", "sheet": "Two"})

    assert ["One", "Two"] == output["sheets"]


async def test_a_name_that_is_taken_in_any_case_is_refused(steps: Steps) -> None:
    await steps.do(write, {"path": "a.xlsx", "sheet": "One", "records": [{"n": 1}]})

    error = await failure_of(steps.do(add_sheet, {"path": "a.xlsx", "sheet": "ONE"}))

    assert "'a.xlsx' already has a sheet 'ONE'" in error.message
