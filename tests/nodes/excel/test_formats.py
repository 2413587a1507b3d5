"""All formats of workbooks, read from one workbook that LibreOffice has saved in each (`files/kinds.*`)."""

from __future__ import annotations

import asyncio
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import msoffcrypto.format.ooxml
import openpyxl
import pytest
from pydantic import JsonValue

from activities.nodes.excel.find import find
from activities.nodes.excel.read import read
from activities.nodes.excel.sheets import sheets
from activities.nodes.excel.write import write
from tests.support.steps import Steps, failure_of
from tests.support.xlsb import xlsb

FILES = Path(__file__).with_name("files")
KINDS = {
    "text": "007",
    "whole": 3,
    "float": 1.5,
    "truth": True,
    "date": "2026-01-31",
    "moment": "2026-01-31T14:05:00",
    "time": "08:30:00",
    "length": "26:05:00",
    "error": "#N/A",
    "formula": 6,
    "percent": 0.155,
    "long": "Zoë 😀 x",
    "after": "x",
}
EMPTY: dict[str, Any] = dict.fromkeys(KINDS)


def protected(content: bytes, password: str) -> bytes:
    """The same workbook behind a password."""
    buffer = BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(BytesIO(content)).encrypt(password, buffer)
    return buffer.getvalue()


def saved(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
async def test_a_workbook_gives_the_same_in_every_format(steps: Steps, ending: str) -> None:
    await steps.put("kinds.bin", FILES / f"kinds.{ending}")

    output = await steps.do(read, {"path": "kinds.bin"})

    assert [
        KINDS,
        EMPTY | {"text": "Miller", "formula": "ab", "after": "#DIV/0!"},
        EMPTY | {"text": "Miller", "whole": 7, "after": "#DIV/0!"},
    ] == output["records"]
    assert isinstance(output["records"][0]["whole"], int)
    assert ["Kinds", "Zweites Blatt", "Hidden"] == output["sheets"]


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
async def test_raw_values_are_those_that_spreadsheets_reckon_with(steps: Steps, ending: str) -> None:
    await steps.put("kinds", FILES / f"kinds.{ending}")

    first, _, third = (await steps.do(read, {"path": "kinds", "raw": True}))["records"]

    assert [46053, 0.3541666666666667, 1.0868055555555556] == [first[key] for key in ("date", "time", "length")]
    assert first["moment"] == pytest.approx(46053.586805555555)
    assert EMPTY | {"whole": 7} == third


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
async def test_other_sheets_and_places_are_the_same_too(steps: Steps, ending: str) -> None:
    await steps.put("kinds", FILES / f"kinds.{ending}")

    listed = await steps.do(sheets, {"path": "kinds"})
    found = await steps.do(find, {"path": "kinds", "value": "x", "sheet": "zweites blatt"})

    assert [False, False, True] == [sheet["hidden"] for sheet in listed["sheets"]]
    assert ("C5", 1) == (listed["sheets"][1]["range"], listed["sheets"][1]["rows"])
    assert ["C5"] == [cell["cell"] for cell in found["cells"]]


async def test_binary_workbooks_show_errors_and_merged_cells(steps: Steps) -> None:
    content = xlsb(
        "Kinds",
        [["text", "n", "e", "b"], ["Zoë 😀", 1.5, "#N/A", True], ["Miller"], [None, 7]],
        merged=[(2, 3, 0, 0)],
    )
    await steps.put("kinds.xlsb", content)

    output = await steps.do(read, {"path": "kinds.xlsb"})

    assert [
        {"text": "Zoë 😀", "n": 1.5, "e": "#N/A", "b": True},
        {"text": "Miller", "n": None, "e": None, "b": None},
        {"text": "Miller", "n": 7, "e": None, "b": None},
    ] == output["records"]


async def test_a_binary_workbook_with_one_cell_at_the_far_end_is_refused_before_it_takes_all_memory(
    steps: Steps,
) -> None:
    far: list[list[JsonValue]] = [["x"], *([[]] * 6000), [None] * 1000 + ["y"]]
    await steps.put("far.xlsb", xlsb("Far", far))

    error = await failure_of(steps.do(read, {"path": "far.xlsb"}))

    assert "spans 6008002 cells" in error.message


async def test_a_protected_workbook_says_so(steps: Steps) -> None:
    await steps.put("a.xlsx", protected(saved([["id"], [1]]), "hush"))

    unopened = await failure_of(steps.do(read, {"path": "a.xlsx"}))
    wrong = await failure_of(steps.do(read, {"path": "a.xlsx", "password": "loud"}))
    written = await failure_of(steps.do(write, {"path": "a.xlsx", "records": []}))

    assert "'a.xlsx' is protected by a password; give it as 'password'" == unopened.message
    assert "the given password does not open 'a.xlsx'" == wrong.message
    assert "it can be read but not changed" in written.message
    assert {"business"} == {unopened.kind, wrong.kind, written.kind}


async def test_a_protected_workbook_opens_with_its_password(steps: Steps) -> None:
    await steps.put("a.xlsx", protected(saved([["id"], [1]]), "hush"))

    output = await steps.do(read, {"path": "a.xlsx", "password": "hush"})

    assert [{"id": 1}] == output["records"]


async def test_a_protected_spreadsheet_of_libreoffice_says_so(steps: Steps) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content.xml", b"\x00\x01")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    await steps.put("a.ods", buffer.getvalue())

    error = await failure_of(steps.do(read, {"path": "a.ods"}))

    assert "protected by a password" in error.message


async def test_entities_in_a_spreadsheet_are_not_followed(steps: Steps) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content.xml", bomb)
    await steps.put("a.ods", buffer.getvalue())

    assert "InvalidFileError" == (await failure_of(steps.do(read, {"path": "a.ods"}))).type


async def test_a_cell_that_is_repeated_for_ever_takes_no_memory(steps: Steps) -> None:
    cell = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell * 1000}</table:table-row>'
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table")
    )
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "content.xml",
            f'<office:document {spaces}><table:table table:name="S">{row}</table:table></office:document>',
        )
    await steps.put("a.ods", buffer.getvalue())

    assert "ResultTooLargeError" == (await failure_of(steps.do(read, {"path": "a.ods"}))).type


async def test_a_piece_of_a_sheet_is_read_at_a_time(steps: Steps) -> None:
    await steps.put("a.xlsx", saved([["id"], *([number] for number in range(10))]))

    pieces = [await steps.do(read, {"path": "a.xlsx", "skip": skip, "limit": 4}) for skip in (0, 4, 8)]

    assert [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]] == [[row["id"] for row in piece["records"]] for piece in pieces]
    assert [True, True, False] == [piece["more"] for piece in pieces]


async def test_a_range_has_a_header_of_its_own(steps: Steps) -> None:
    await steps.put("a.xlsx", saved([["Report"], [], [None, "id", "n"], [None, 1, 2], [None, 3, 4], [None, 5, 6]]))

    output = await steps.do(read, {"path": "a.xlsx", "range": "B3:C5"})

    assert [{"id": 1, "n": 2}, {"id": 3, "n": 4}] == output["records"]


async def test_runs_read_side_by_side(steps: Steps) -> None:
    for name in "abcd":
        await steps.put(f"{name}.xlsx", saved([["id"], *([f"{name}{number}"] for number in range(300))]))

    outputs = await asyncio.gather(*(steps.do(read, {"path": f"{name}.xlsx"}) for name in "abcd"))

    assert ["a299", "b299", "c299", "d299"] == [output["records"][-1]["id"] for output in outputs]


async def test_names_of_any_script_survive(steps: Steps) -> None:
    rows = [{"名前": "Łódź", "Ünïcode 😀": "مرحبا"}]

    await steps.do(write, {"path": "übung/報告.xlsx", "sheet": "Müller & Søn", "records": rows})

    assert rows == (await steps.do(read, {"path": "übung/報告.xlsx", "sheet": "müller & søn"}))["records"]


async def test_a_formula_that_nobody_has_calculated_is_told_in_every_format(steps: Steps) -> None:
    """Libraries that write old workbooks say of each formula that it gave an empty text."""
    spreadsheet = BytesIO()
    with zipfile.ZipFile(FILES / "kinds.ods") as source, zipfile.ZipFile(spreadsheet, "w") as target:
        for name in source.namelist():
            text = source.read(name)
            target.writestr(name, re.sub(rb'(table:formula="[^"]*") [^>]*>', rb"\1>", text))
    await steps.put("a.ods", spreadsheet.getvalue())
    await steps.put("a.xls", FILES / "uncalculated.xls")

    messages = [(await failure_of(steps.do(read, {"path": path}))).message for path in ("a.ods", "a.xls")]

    assert all("holds a formula that nobody has calculated" in message for message in messages), messages
    assert "cell C2 in sheet 'Prices'" in messages[1]
