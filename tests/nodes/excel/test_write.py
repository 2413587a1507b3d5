from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from activities.nodes.excel.read import read
from activities.nodes.excel.write import write
from tests.support.steps import Steps, failure_of


async def sheets(steps: Steps, path: str) -> Any:
    return openpyxl.load_workbook(BytesIO(await steps.content(path)))


async def test_what_was_written_is_read_again(steps: Steps) -> None:
    records = [{"id": "007", "amount": 12.5, "paid": True, "note": None}, {"id": "8", "amount": -3, "paid": False}]

    output = await steps.do(write, {"path": "out/a.xlsx", "records": records})

    assert ("out/a.xlsx", 2) == (output["path"], output["count"])
    assert output["size"] == len(await steps.content("out/a.xlsx"))
    assert [records[0], records[1] | {"note": None}] == (await steps.do(read, {"path": "out/a.xlsx"}))["records"]


async def test_the_header_is_bold_and_stays_in_sight(steps: Steps) -> None:
    await steps.do(write, {"path": "a.xlsx", "sheet": "Paid", "records": [{"id": 1}]})

    sheet = (await sheets(steps, "a.xlsx"))["Paid"]
    assert sheet["A1"].font.b
    assert "A2" == sheet.freeze_panes


async def test_text_never_becomes_a_formula(steps: Steps) -> None:
    hostile = ['=HYPERLINK("http://evil","x")', "+1", "-1", "@x", "#N/A"]

    await steps.do(write, {"path": "a.xlsx", "records": [[text] for text in hostile]})

    cells = [cell for (cell,) in (await sheets(steps, "a.xlsx")).worksheets[0].iter_rows()]
    assert [("s", text) for text in hostile] == [(cell.data_type, cell.value) for cell in cells]


async def test_numbers_longer_than_excel_is_exact_stay_exact(steps: Steps) -> None:
    await steps.do(write, {"path": "a.xlsx", "records": [[4111111111111111, 411111111111111]]})

    assert [["4111111111111111", 411111111111111]] == (await steps.do(read, {"path": "a.xlsx", "header": False}))[
        "records"
    ]


async def test_other_sheets_of_the_workbook_stay(steps: Steps) -> None:
    for sheet, number in (("One", 1), ("Two", 2), ("ONE", 3)):
        await steps.do(write, {"path": "a.xlsx", "sheet": sheet, "records": [{"n": number}]})

    output = await steps.do(read, {"path": "a.xlsx"})
    assert ["ONE", "Two"] == output["sheets"]
    assert [{"n": 3}] == output["records"]


async def test_no_records_make_a_sheet_with_only_a_header(steps: Steps) -> None:
    await steps.do(write, {"path": "a.xlsx", "records": [], "columns": ["id"]})

    output = await steps.do(read, {"path": "a.xlsx"})
    assert (["id"], []) == (output["columns"], output["records"])


@pytest.mark.parametrize("name", ["", "a/b", "a:b", "[x]", "x" * 32, "'x"])
async def test_a_name_excel_does_not_take_is_refused_before_anything_is_written(steps: Steps, name: str) -> None:
    error = await failure_of(steps.do(write, {"path": "a.xlsx", "sheet": name, "records": []}))

    assert "InvalidParamsError" == error.type
    assert {} == steps.files


async def test_a_workbook_is_named_as_one(steps: Steps) -> None:
    error = await failure_of(steps.do(write, {"path": "a.xls", "records": []}))

    assert "'path'" in error.message


@pytest.mark.parametrize(("value", "said"), [("x" * 32_768, "32768 characters"), ("a\x0bb", "cell A2 holds")])
async def test_a_text_no_cell_can_hold_is_named(steps: Steps, value: str, said: str) -> None:
    error = await failure_of(steps.do(write, {"path": "a.xlsx", "records": [{"n": value}]}))

    assert said in error.message


async def test_what_is_no_workbook_is_not_overwritten(steps: Steps) -> None:
    await steps.put("a.xlsx", b"something else")

    error = await failure_of(steps.do(write, {"path": "a.xlsx", "records": []}))

    assert "InvalidFileError" == error.type
    assert b"something else" == await steps.content("a.xlsx")


async def test_a_workbook_that_merges_a_whole_sheet_is_not_changed(steps: Steps) -> None:
    """openpyxl would make a cell of each of its 17 billion places."""
    book = openpyxl.Workbook()
    book.worksheets[0].merged_cells.add("A1:XFD1048576")
    buffer = BytesIO()
    book.save(buffer)
    await steps.put("a.xlsx", buffer.getvalue())

    error = await failure_of(steps.do(write, {"path": "a.xlsx", "records": []}))

    assert "merges 17179869184 cells" in error.message


async def test_text_is_shown_as_it_was_written(steps: Steps) -> None:
    """Excel reads `_x0041_` as the letter A, and has no dates before 1900."""
    record = {"code": "a_x0041_b", "born": "1850-05-01"}

    await steps.do(write, {"path": "a.xlsx", "records": [record], "formats": {"born": "dd.mm.yyyy"}})

    assert ["a_x005F_x0041_b", "1850-05-01"] == [
        cell.value for cell in (await sheets(steps, "a.xlsx")).worksheets[0][2]
    ]
    assert [record] == (await steps.do(read, {"path": "a.xlsx"}))["records"]
