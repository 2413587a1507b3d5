from __future__ import annotations

from io import BytesIO

import openpyxl
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from activities.nodes.excel.sheets import sheets
from tests.support.steps import Steps


async def test_sheets_are_listed_with_what_they_hold(steps: Steps) -> None:
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first["B2"], first["D9"] = "id", "=1+1"
    book.create_sheet("Empty").sheet_state = "hidden"
    buffer = BytesIO()
    book.save(buffer)
    await steps.put("a.xlsx", buffer.getvalue())

    output = await steps.do(sheets, {"path": "a.xlsx"})

    assert [
        {"name": "Sheet", "hidden": False, "rows": 2, "range": "B2:D9"},
        {"name": "Empty", "hidden": True, "rows": 0, "range": None},
    ] == output["sheets"]
    assert ({}, 2) == (output["names"], output["count"])


async def test_tables_and_named_ranges_are_listed(steps: Steps) -> None:
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.append(["id", "n"])
    first.append([1, 2])
    first.add_table(Table(displayName="Items", ref="A1:B2"))
    book.defined_names["rate"] = DefinedName("rate", attr_text="Sheet!$B$2")
    book.defined_names["constant"] = DefinedName("constant", attr_text="0.19")
    buffer = BytesIO()
    book.save(buffer)
    await steps.put("a.xlsx", buffer.getvalue())

    output = await steps.do(sheets, {"path": "a.xlsx"})

    assert {"Items": "Sheet!A1:B2", "rate": "Sheet!B2"} == output["names"]
