from __future__ import annotations

from activities.nodes.excel.read import read
from activities.nodes.excel.rename_sheet import rename_sheet
from activities.nodes.excel.write import write
from tests.support.steps import Steps, failure_of


async def test_a_sheet_gets_another_name_and_keeps_its_place(steps: Steps) -> None:
    for sheet in ("One", "Two"):
        await steps.do(write, {"path": "a.xlsx", "sheet": sheet, "records": [{"n": sheet}]})

    output = await steps.do(rename_sheet, {"path": "a.xlsx", "sheet": "one", "to": "First"})

    assert ["First", "Two"] == output["sheets"]
    assert [{"n": "One"}] == (await steps.do(read, {"path": "a.xlsx"}))["records"]


async def test_only_the_case_of_a_name_may_change(steps: Steps) -> None:
    await steps.do(write, {"path": "a.xlsx", "sheet": "one", "records": []})

    assert ["ONE"] == (await steps.do(rename_sheet, {"path": "a.xlsx", "sheet": "one", "to": "ONE"}))["sheets"]


async def test_a_name_that_is_taken_or_a_sheet_that_is_missing_is_said(steps: Steps) -> None:
    for sheet in ("One", "Two"):
        await steps.do(write, {"path": "a.xlsx", "sheet": sheet, "records": []})

    taken = await failure_of(steps.do(rename_sheet, {"path": "a.xlsx", "sheet": "One", "to": "two"}))
    missing = await failure_of(steps.do(rename_sheet, {"path": "a.xlsx", "sheet": "Three", "to": "Four"}))

    assert "already has a sheet 'two'" in taken.message
    assert "has no sheet 'Three'; it has 'One', 'Two'" in missing.message
