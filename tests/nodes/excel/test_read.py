from __future__ import annotations

import asyncio
import datetime as dt
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from activities.nodes.excel.append import append
from activities.nodes.excel.read import read
from tests.support.steps import Steps, failure_of


def workbook(rows: list[list[Any]], change: Callable[[Any], object] = lambda _sheet: None) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Invoices"
    for row in rows:
        sheet.append(row)
    change(sheet)
    return saved(book)


def saved(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def changed(content: bytes, part: str, pattern: str, replacement: str) -> bytes:
    """Change the XML of a workbook, to what Excel writes and openpyxl does not."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            target.writestr(name, re.sub(pattern, replacement, text.decode()) if name == part else text)
    return buffer.getvalue()


async def test_records_are_mappings_by_column(steps: Steps) -> None:
    await steps.put("a.xlsx", workbook([["id", "amount"], ["A-1", 12.5], ["A-2", 7]]))

    output = await steps.do(read, {"path": "a.xlsx"})

    assert {
        "records": [{"id": "A-1", "amount": 12.5}, {"id": "A-2", "amount": 7}],
        "count": 2,
        "columns": ["id", "amount"],
        "sheet": "Invoices",
        "sheets": ["Invoices"],
        "more": False,
    } == output


async def test_each_kind_of_cell_has_its_value(steps: Steps) -> None:
    moment = dt.datetime(2026, 1, 31, 14, 5)  # noqa: DTZ001 - Excel knows no zones
    cells = {
        "text": "007",
        "whole": 3.0,
        "truth": True,
        "date": dt.date(2026, 1, 31),
        "moment": moment,
        "time": dt.time(8, 30),
        "length": dt.timedelta(hours=26, minutes=5),
        "nothing": None,
        "after": "x",
    }
    await steps.put("a.xlsx", workbook([list(cells), list(cells.values())]))

    [record] = (await steps.do(read, {"path": "a.xlsx"}))["records"]

    assert {
        "text": "007",
        "whole": 3,
        "truth": True,
        "date": "2026-01-31",
        "moment": "2026-01-31T14:05:00",
        "time": "08:30:00",
        "length": "26:05:00",
        "nothing": None,
        "after": "x",
    } == record
    assert isinstance(record["whole"], int)


async def test_numbers_and_dates_can_name_columns(steps: Steps) -> None:
    await steps.put("a.xlsx", workbook([[2025, 2026.0, 1.5, dt.date(2026, 1, 1), None, 2025], [1, 2, 3, 4, 5, 6]]))

    output = await steps.do(read, {"path": "a.xlsx"})

    assert ["2025", "2026", "1.5", "2026-01-01", "column_5", "2025_2"] == output["columns"]


async def test_the_header_is_the_first_row_that_holds_anything(steps: Steps) -> None:
    await steps.put("a.xlsx", workbook([[], [None, "id"], [], [None, 1], [], [None, 2]]))

    assert [{"id": 1}, {"id": 2}] == (await steps.do(read, {"path": "a.xlsx"}))["records"]


async def test_the_header_can_be_below_a_title(steps: Steps) -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("A1:B1")

    await steps.put("a.xlsx", workbook([["Report", None], ["id", "amount"], [1, 2]], merge))

    assert [{"id": 1, "amount": 2}] == (await steps.do(read, {"path": "a.xlsx", "header": 2}))["records"]


async def test_a_header_row_that_is_empty_is_an_error(steps: Steps) -> None:
    await steps.put("a.xlsx", workbook([["id"], [1]]))

    error = await failure_of(steps.do(read, {"path": "a.xlsx", "header": 7}))

    assert "row 7 of sheet 'Invoices'" in error.message


async def test_without_a_header_records_are_lists(steps: Steps) -> None:
    await steps.put("a.xlsx", workbook([["id", 1], [None, 2]]))

    output = await steps.do(read, {"path": "a.xlsx", "header": False})

    assert ([["id", 1], [None, 2]], None) == (output["records"], output["columns"])


async def test_merged_cells_all_have_the_value_they_show(steps: Steps) -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("A2:A3")

    await steps.put(
        "a.xlsx", workbook([["customer", "item"], ["Miller", "Pen"], [None, "Ink"], ["Smith", "Cap"]], merge)
    )

    output = await steps.do(read, {"path": "a.xlsx"})

    assert ["Miller", "Miller", "Smith"] == [record["customer"] for record in output["records"]]


async def test_a_formula_counts_with_the_value_excel_kept(steps: Steps) -> None:
    content = changed(workbook([["a", "b"], [1, "=A2*2"]]), "xl/worksheets/sheet1.xml", r"<v ?/>|<v></v>", "<v>2</v>")
    await steps.put("a.xlsx", content)

    assert [{"a": 1, "b": 2}] == (await steps.do(read, {"path": "a.xlsx"}))["records"]


async def test_a_formula_that_nobody_has_calculated_is_not_taken_for_an_empty_cell(steps: Steps) -> None:
    await steps.put("a.xlsx", workbook([["a", "b"], [1, "=A2*2"]]))

    error = await failure_of(steps.do(read, {"path": "a.xlsx"}))

    assert ("InvalidFileError", "business") == (error.type, error.kind)
    assert "cell B2 in sheet 'Invoices'" in error.message


async def test_rows_of_nothing_but_such_formulas_are_not_left_out(steps: Steps) -> None:
    await steps.put("a.xlsx", workbook([["a", "b"], [1, 2], ["=A2", "=B2"]]))

    error = await failure_of(steps.do(read, {"path": "a.xlsx"}))

    assert "cell A3" in error.message


async def test_a_formula_that_gave_an_empty_text_is_an_empty_cell(steps: Steps) -> None:
    content = changed(
        workbook([["a", "b"], [1, '=""']]),
        "xl/worksheets/sheet1.xml",
        r'<c r="B2"[^>]*>(<f>.*?</f>)(<v ?/>|<v></v>)',
        r'<c r="B2" t="str">\1<v></v>',
    )
    await steps.put("a.xlsx", content)

    assert [{"a": 1, "b": None}] == (await steps.do(read, {"path": "a.xlsx"}))["records"]


async def test_a_sheet_is_chosen_by_name_in_any_case(steps: Steps) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "First"
    book.create_sheet("Second").append(["x"])
    await steps.put("a.xlsx", saved(book))

    output = await steps.do(read, {"path": "a.xlsx", "sheet": "second"})

    assert ("Second", ["First", "Second"], ["x"]) == (output["sheet"], output["sheets"], output["columns"])


async def test_a_missing_sheet_says_which_there_are(steps: Steps) -> None:
    await steps.put("a.xlsx", workbook([["id"]]))

    error = await failure_of(steps.do(read, {"path": "a.xlsx", "sheet": "Payments"}))

    assert "'a.xlsx' has no sheet 'Payments'; it has 'Invoices'" == error.message


async def test_an_empty_sheet_has_no_records(steps: Steps) -> None:
    await steps.put("a.xlsx", workbook([]))

    output = await steps.do(read, {"path": "a.xlsx"})

    assert ([], []) == (output["records"], output["columns"])


async def test_one_formatted_cell_at_the_far_end_costs_nothing(steps: Steps) -> None:
    def format_far_cell(sheet: Any) -> None:
        sheet["XFD1048576"].number_format = "0.00"
        sheet["A1048576"] = "end"

    await steps.put("a.xlsx", workbook([["id"], [1]], format_far_cell))

    assert [{"id": 1}, {"id": "end"}] == (await steps.do(read, {"path": "a.xlsx"}))["records"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,amount\n1,2\n", "it looks like text: read it with 'csv.read'"),
        (b"", "open it in Excel and save it"),
        (b"<html><table></table></html>", "it is a web page"),
        (b"<?xml version='1.0'?><Workbook/>", "read it with 'xml.read'"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "open it in Excel and save it"),
        (workbook([["id"]])[:-200], "open it in Excel and save it"),
    ],
    ids=["csv", "nothing", "html", "xml", "ole", "half"],
)
async def test_what_is_no_workbook_is_a_business_error(steps: Steps, content: bytes, said: str) -> None:
    await steps.put("a.xlsx", content)

    error = await failure_of(steps.do(read, {"path": "a.xlsx"}))

    assert ("InvalidFileError", "business") == (error.type, error.kind)
    assert "no workbook" in error.message
    assert said in error.message


async def test_a_workbook_that_unpacks_to_gigabytes_is_refused_at_once(steps: Steps) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/x.xml", b"")
        archive.infolist()[0].file_size = 501 * 2**20  # what it says is what is gone by: no more is ever unpacked
    await steps.put("a.xlsx", buffer.getvalue())

    error = await failure_of(steps.do(read, {"path": "a.xlsx"}))

    assert "unpacks to 501 MiB" in error.message


async def test_reading_does_not_hold_up_the_robot(steps: Steps) -> None:
    await steps.put("a.xlsx", workbook([["id", "x"], *([number, "text"] for number in range(3000))]))
    beats = 0

    async def count() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.005)
            beats += 1

    counting = asyncio.create_task(count())
    output = await steps.do(read, {"path": "a.xlsx"})
    counting.cancel()

    assert 3000 == output["count"]
    assert beats > 3


async def test_a_merge_of_a_whole_sheet_costs_no_more_than_the_cells_that_hold_something(steps: Steps) -> None:
    """openpyxl would make a cell of each of its 17 billion places."""
    await steps.put("a.xlsx", workbook([["id"], [1]], lambda sheet: sheet.merged_cells.add("A1:XFD1048576")))

    assert [{"id": "id"}] == (await steps.do(read, {"path": "a.xlsx"}))["records"]


async def test_lengths_below_nothing_are_read_as_they_are(steps: Steps) -> None:
    rows: list[list[Any]] = [["length"], [-dt.timedelta(hours=1, minutes=30)]]
    await steps.put("a.xlsx", workbook(rows, lambda sheet: setattr(sheet["A2"], "number_format", "[h]:mm:ss")))

    assert [{"length": "-1:30:00"}] == (await steps.do(read, {"path": "a.xlsx"}))["records"]


async def test_a_character_that_excel_writes_by_its_number_is_read_as_people_see_it(steps: Steps) -> None:
    await steps.put("a.xlsx", workbook([["text"], ["one_x000D_\ntwo _x005F_x0041_ _xD83D_"]]))

    assert [{"text": "one\r\ntwo _x0041_ _xD83D_"}] == (await steps.do(read, {"path": "a.xlsx"}))["records"]


async def test_a_strict_workbook_is_refused_rather_than_taken_for_an_empty_one(steps: Steps) -> None:
    """A step that adds rows would make a new workbook of it, and lose all there is."""
    content = changed(
        workbook([["id"], [1]]),
        "xl/workbook.xml",
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    await steps.put("a.xlsx", content)

    reading = await failure_of(steps.do(read, {"path": "a.xlsx"}))
    adding = await failure_of(steps.do(append, {"path": "a.xlsx", "records": [{"id": 2}]}))

    assert "'a.xlsx' is a 'Strict Open XML' workbook" in reading.message
    assert reading.message == adding.message
