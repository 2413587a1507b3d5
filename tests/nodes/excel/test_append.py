from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.worksheet.table import Table

from activities.nodes.excel.append import append
from activities.nodes.excel.read import read
from activities.nodes.excel.write import write
from tests.support.steps import Steps, failure_of


async def sheets(steps: Steps, path: str) -> Any:
    return openpyxl.load_workbook(BytesIO(await steps.content(path)))


async def test_values_go_under_the_columns_of_their_names(steps: Steps) -> None:
    await steps.do(write, {"path": "a.xlsx", "records": [{"id": 1, "amount": 5, "note": "x"}]})

    output = await steps.do(append, {"path": "a.xlsx", "records": [{"amount": 7, "id": 2}, {"id": 3}]})

    assert (3, 4, "Sheet1") == (output["first"], output["last"], output["sheet"])
    assert [
        {"id": 1, "amount": 5, "note": "x"},
        {"id": 2, "amount": 7, "note": None},
        {"id": 3, "amount": None, "note": None},
    ] == (await steps.do(read, {"path": "a.xlsx"}))["records"]


async def test_a_workbook_or_sheet_that_is_missing_is_made(steps: Steps) -> None:
    await steps.do(append, {"path": "a.xlsx", "records": [{"id": 1}]})
    await steps.do(append, {"path": "a.xlsx", "sheet": "Other", "records": [[5, 6]]})

    assert ["Sheet1", "Other"] == (await sheets(steps, "a.xlsx")).sheetnames
    assert [{"id": 1}] == (await steps.do(read, {"path": "a.xlsx"}))["records"]
    assert [[5, 6]] == (await steps.do(read, {"path": "a.xlsx", "sheet": "Other", "header": False}))["records"]


async def test_a_column_that_does_not_exist_is_named(steps: Steps) -> None:
    await steps.do(write, {"path": "a.xlsx", "records": [{"id": 1, "amount": 5}]})

    error = await failure_of(steps.do(append, {"path": "a.xlsx", "records": [{"id": 2, "amout": 7}]}))

    assert "has no column 'amout'; its first row names 'id', 'amount'" in error.message


async def test_new_cells_look_like_those_above_them(steps: Steps) -> None:
    first = {"due": "2026-01-31", "amount": 5}
    formats = {"due": "dd.mm.yyyy", "amount": "#,##0.00"}
    await steps.do(write, {"path": "a.xlsx", "records": [first], "formats": formats})

    await steps.do(append, {"path": "a.xlsx", "records": [{"due": "2026-02-28", "amount": 7.5}]})

    sheet = (await sheets(steps, "a.xlsx")).worksheets[0]
    assert ["dd.mm.yyyy", "#,##0.00"] == [cell.number_format for cell in sheet[3]]
    assert sheet["A3"].is_date
    assert "2026-02-28" == (await steps.do(read, {"path": "a.xlsx"}))["records"][1]["due"]


async def test_a_table_of_excel_grows(steps: Steps) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["id", "n"])
    sheet.append([1, 2])
    sheet.add_table(Table(displayName="Items", ref="A1:B2"))
    buffer = BytesIO()
    book.save(buffer)
    await steps.put("a.xlsx", buffer.getvalue())

    await steps.do(append, {"path": "a.xlsx", "records": [[3, 4], [5, 6]]})

    assert "A1:B4" == (await sheets(steps, "a.xlsx")).worksheets[0].tables["Items"].ref


async def test_doing_it_again_from_the_same_workbook_adds_nothing_twice(steps: Steps) -> None:
    """A step that vanished left no trace in the run's files: its next attempt starts from what there was."""
    await steps.do(append, {"path": "a.xlsx", "records": [{"id": 1}]})
    before = dict(steps.files)
    await steps.do(append, {"path": "a.xlsx", "records": [{"id": 2}]})
    steps.files = before

    await steps.do(append, {"path": "a.xlsx", "records": [{"id": 2}]})

    assert [{"id": 1}, {"id": 2}] == (await steps.do(read, {"path": "a.xlsx"}))["records"]


async def test_nothing_is_written_below_a_row_of_totals(steps: Steps) -> None:
    """It would count as a row, and what is added as the totals."""
    book = openpyxl.Workbook()
    rows: list[list[Any]] = [["id", "amount"], [1, 5], ["Total", 5]]
    for row in rows:
        book.worksheets[0].append(row)
    book.worksheets[0].add_table(Table(displayName="Sales", name="Sales", ref="A1:B3", totalsRowCount=1))
    buffer = BytesIO()
    book.save(buffer)
    await steps.put("a.xlsx", buffer.getvalue())

    error = await failure_of(steps.do(append, {"path": "a.xlsx", "records": [{"id": 2}]}))

    assert "the table 'Sales' in sheet 'Sheet' of 'a.xlsx' ends with a row of totals" in error.message


async def test_parts_of_a_text_that_look_different_stay_so(steps: Steps) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["id"])
    book.worksheets[0].append([CellRichText("pay ", TextBlock(InlineFont(b=True), "now"))])
    buffer = BytesIO()
    book.save(buffer)
    await steps.put("a.xlsx", buffer.getvalue())

    await steps.do(append, {"path": "a.xlsx", "records": [{"id": 2}]})

    kept = openpyxl.load_workbook(BytesIO(await steps.content("a.xlsx")), rich_text=True).worksheets[0]["A2"].value
    assert ["pay ", "now"] == [str(part) for part in kept]
