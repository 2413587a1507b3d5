from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference

from activities.nodes.excel.read_cells import read_cells
from activities.nodes.excel.write_cells import write_cells
from tests.support.steps import Steps, failure_of


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


async def loaded(steps: Steps, path: str = "a.xlsx", **how: Any) -> Any:
    return openpyxl.load_workbook(BytesIO(await steps.content(path)), **how)


async def test_cells_are_written_and_all_others_stay(steps: Steps) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"], sheet["A2"], sheet["B1"] = "Name", "=LEN(B1)", "old"
    book.create_sheet("Two")["A1"] = 1
    await steps.put("a.xlsx", saved(book))

    output = await steps.do(write_cells, {"path": "a.xlsx", "values": {"B1": "ACME", "C3": [[1, 2], [3]]}})

    book = await loaded(steps)
    assert (4, "Sheet") == (output["count"], output["sheet"])
    assert [("Name", "ACME", None), ("=LEN(B1)", None, None), (None, None, 1, 2)[:3]] == [
        row[:3] for row in book.worksheets[0].iter_rows(max_row=3, values_only=True)
    ]
    assert (2, 3, 1) == (book["Sheet"]["D3"].value, book["Sheet"]["C4"].value, book["Two"]["A1"].value)


async def test_formulas_are_written_where_they_are_meant_and_nowhere_else(steps: Steps) -> None:
    params = {"path": "a.xlsx", "values": {"A1": "=1+1"}, "formulas": {"A2": '=SUM(B1:B9,{1;2},LEN("a;b"))'}}

    await steps.do(write_cells, params)

    sheet = (await loaded(steps)).worksheets[0]
    assert [("s", "=1+1"), ("f", '=SUM(B1:B9,{1;2},LEN("a;b"))')] == [
        (sheet[at].data_type, sheet[at].value) for at in ("A1", "A2")
    ]


async def test_formats_make_dates_of_iso_text_and_show_numbers(steps: Steps) -> None:
    params = {
        "path": "a.xlsx",
        "values": {"A1": "2026-01-31", "A2": "2026-01-31", "B1": 1234.5, "A3": "08:30"},
        "formats": {"A1": "dd.mm.yyyy", "B:B": "#,##0.00", "A3": "hh:mm"},
        "bold": ["A1:B1"],
        "widths": {"B": 30},
    }

    await steps.do(write_cells, params)

    sheet = (await loaded(steps)).worksheets[0]
    assert [True, False, True] == [sheet[at].is_date for at in ("A1", "A2", "A3")]
    assert ("#,##0.00", True, 30) == (sheet["B1"].number_format, sheet["B1"].font.b, sheet.column_dimensions["B"].width)
    assert ["2026-01-31", "08:30:00"] == (await steps.do(read_cells, {"path": "a.xlsx", "cells": ["A1", "A3"]}))[
        "values"
    ]


async def test_one_value_fills_a_range(steps: Steps) -> None:
    await steps.do(write_cells, {"path": "a.xlsx", "values": {"A1:B2": 0}})

    assert [[0, 0], [0, 0]] == (await steps.do(read_cells, {"path": "a.xlsx", "cells": ["A1:B2"]}))["values"][0]


async def test_the_macros_of_a_workbook_stay(steps: Steps) -> None:
    buffer = BytesIO(saved(openpyxl.Workbook()))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macros")
    await steps.put("a.xlsm", buffer.getvalue())

    await steps.do(write_cells, {"path": "a.xlsm", "values": {"A1": 1}})

    with zipfile.ZipFile(BytesIO(await steps.content("a.xlsm"))) as archive:
        assert b"macros" == archive.read("xl/vbaProject.bin")
        assert b"macroEnabled" in archive.read("[Content_Types].xml")


async def test_what_would_be_lost_is_said_before_it_is(steps: Steps) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = 1
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=1, min_row=1))
    sheet.add_chart(chart, "C3")
    await steps.put("a.xlsx", saved(book))

    error = await failure_of(steps.do(write_cells, {"path": "a.xlsx", "values": {"A1": 2}}))
    await steps.do(write_cells, {"path": "a.xlsx", "values": {"A1": 2}, "losses": "accept"})

    assert "'a.xlsx' holds charts and drawings, which are lost when it is changed" in error.message
    assert 2 == (await loaded(steps)).worksheets[0]["A1"].value


async def test_inside_of_merged_cells_nothing_can_be_written(steps: Steps) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].merge_cells("A1:B2")
    await steps.put("a.xlsx", saved(book))

    error = await failure_of(steps.do(write_cells, {"path": "a.xlsx", "values": {"B2": 2}}))

    assert "cell B2 of sheet 'Sheet' is inside of merged cells; write to the first of them" == error.message


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"values": {"A1:B1": [[1, 2, 3]]}}, "reach to C1"),
        ({"formulas": {"A1": "1+1"}}, "'formulas.A1'"),
        ({"formulas": {"A1:A2": "=1"}}, "expected the address of one cell"),
        ({"formulas": {"A1": "=SUM(B1;B2)"}}, "has ';' between arguments"),
        ({"formulas": {"A1": "=SUM(B1"}}, "lacks a parenthesis: '=SUM(B1'"),
        ({"formulas": {"A1": '="x'}}, "the formula for cell A1 cannot be read; check its quotes"),
        ({"values": {"x": 1}}, "expected an address"),
        ({"sheet": "Nope", "values": {"A1": 1}}, "has no sheet 'Nope'"),
    ],
)
async def test_what_cannot_be_written_is_said(steps: Steps, params: dict[str, Any], said: str) -> None:
    await steps.put("a.xlsx", saved(openpyxl.Workbook()))

    assert said in (await failure_of(steps.do(write_cells, {"path": "a.xlsx"} | params))).message


async def test_an_old_workbook_can_be_read_but_not_changed(steps: Steps) -> None:
    await steps.put("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))

    error = await failure_of(steps.do(write_cells, {"path": "a.xlsx", "values": {"A1": 1}}))

    assert "or of the old format .xls: it can be read but not changed" in error.message


async def test_what_only_newer_versions_of_excel_keep_is_not_dropped_in_silence(steps: Steps) -> None:
    await steps.put("a.xlsx", saved(openpyxl.Workbook()))
    buffer = BytesIO(await steps.content("a.xlsx"))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/metadata.xml", "<metadata/>")
        archive.writestr("xl/worksheets/sheet9.xml", "<x14:sparklineGroup/>")
    await steps.put("a.xlsx", buffer.getvalue())

    error = await failure_of(steps.do(write_cells, {"path": "a.xlsx", "values": {"A1": 2}}))

    assert "holds formulas that give several cells and sparklines, which are lost" in error.message
