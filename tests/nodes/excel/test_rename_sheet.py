from __future__ import annotations

from io import BytesIO

import openpyxl
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

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


async def test_what_names_the_sheet_names_it_by_its_new_name(steps: Steps) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Jan's"
    sums = book.create_sheet("Sums")
    sums.append(["=SUM('Jan''s'!A1:B1)&\"Jan's!A1\"", "=SUM('Jan''s:Sums'!C9)", "='[x.xlsx]Jan''s'!A1", "=Sums!A1"])
    choice = DataValidation(type="list", formula1="'Jan''s'!$A$1:$A$2")
    choice.add("D1")
    sums.add_data_validation(choice)
    book.defined_names["Prices"] = DefinedName("Prices", attr_text="'Jan''s'!$A$1:$B$1")
    buffer = BytesIO()
    book.save(buffer)
    await steps.put("a.xlsx", buffer.getvalue())

    await steps.do(rename_sheet, {"path": "a.xlsx", "sheet": "jan's", "to": "Feb 2"})

    after = openpyxl.load_workbook(BytesIO(await steps.content("a.xlsx")))
    assert [
        "=SUM('Feb 2'!A1:B1)&\"Jan's!A1\"",
        "=SUM('Feb 2:Sums'!C9)",
        "='[x.xlsx]Jan''s'!A1",
        "=Sums!A1",
    ] == [cell.value for cell in after["Sums"][1]]
    assert "'Feb 2'!$A$1:$B$1" == after.defined_names["Prices"].attr_text
    assert ["'Feb 2'!$A$1:$A$2"] == [each.formula1 for each in after["Sums"].data_validations.dataValidation]
