from __future__ import annotations

from activities.nodes.excel.delete_sheet import delete_sheet
from activities.nodes.excel.write import write
from tests.support.steps import Steps, failure_of


async def test_a_sheet_is_deleted_and_one_that_is_gone_is_fine(steps: Steps) -> None:
    for sheet in ("One", "Two"):
        await steps.do(write, {"path": "a.xlsx", "sheet": sheet, "records": []})

    for _ in range(2):
        output = await steps.do(delete_sheet, {"path": "a.xlsx", "sheet": "one"})

        assert ["Two"] == output["sheets"]


async def test_the_last_sheet_stays(steps: Steps) -> None:
    await steps.do(write, {"path": "a.xlsx", "sheet": "One", "records": []})

    error = await failure_of(steps.do(delete_sheet, {"path": "a.xlsx", "sheet": "One"}))

    assert "'a.xlsx' would have no sheet left; a workbook needs one" == error.message
