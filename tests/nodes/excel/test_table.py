from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from activities.nodes.excel.table import table
from tests.support.steps import Steps, failure_of


def report() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = "Report"
    prices: dict[str, str | float] = {"B3": "item", "C3": "price", "B4": "Pen", "C4": 1.1, "B5": "Ink", "C5": 4}
    for place, value in prices.items():
        sheet[place] = value
    sheet["B9"], sheet["C9"] = "city", "zip"
    sheet["C10"] = 8000
    sheet.add_table(Table(displayName="Prices", ref="B3:C5"))
    book.defined_names["cities"] = DefinedName("cities", attr_text="Sheet!$B$9:$C$10")
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("place", ["prices", "B3:C5", "B4", "C5", "Sheet!C3"])
async def test_a_table_is_known_by_its_name_its_range_or_a_cell(steps: Steps, place: str) -> None:
    await steps.put("a.xlsx", report())

    output = await steps.do(table, {"path": "a.xlsx", "table": place})

    assert {
        "records": [{"item": "Pen", "price": 1.1}, {"item": "Ink", "price": 4}],
        "count": 2,
        "columns": ["item", "price"],
        "range": "Sheet!B3:C5",
    } == output


@pytest.mark.parametrize("place", ["cities", "B10"])
async def test_a_region_is_what_empty_rows_and_columns_surround(steps: Steps, place: str) -> None:
    await steps.put("a.xlsx", report())

    output = await steps.do(table, {"path": "a.xlsx", "table": place})

    assert ("Sheet!B9:C10", [{"city": None, "zip": 8000}]) == (output["range"], output["records"])


async def test_a_name_that_nothing_has_is_answered_with_those_there_are(steps: Steps) -> None:
    await steps.put("a.xlsx", report())

    error = await failure_of(steps.do(table, {"path": "a.xlsx", "table": "customers"}))

    assert "'a.xlsx' has no table or range 'customers'; it names 'cities', 'Prices'" == error.message


async def test_a_place_with_nothing_around_it_is_said(steps: Steps) -> None:
    await steps.put("a.xlsx", report())

    error = await failure_of(steps.do(table, {"path": "a.xlsx", "table": "H30"}))

    assert "there is nothing at or around 'H30'" in error.message
