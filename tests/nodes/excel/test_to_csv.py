from __future__ import annotations

import resource
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from activities.nodes.excel.read import read
from activities.nodes.excel.to_csv import to_csv
from activities.nodes.excel.write import write
from tests.support.steps import Steps, failure_of

KINDS = Path(__file__).with_name("files") / "kinds.ods"


async def test_a_sheet_becomes_a_csv_file(steps: Steps) -> None:
    records = [{"item": "Pen; blue", "price": 1.5, "when": "2026-01-31"}, {"item": None, "price": 4, "when": None}]
    await steps.do(write, {"path": "a.xlsx", "records": records, "formats": {"when": "dd.mm.yyyy"}})

    output = await steps.do(to_csv, {"path": "a.xlsx", "to": "a.csv", "delimiter": ";", "decimal": ","})

    assert 3 == output["count"]
    assert b'item;price;when\r\n"Pen; blue";1,5;2026-01-31\r\n;4;\r\n' == await steps.content("a.csv")


async def test_other_formats_ranges_and_encodings_do_too(steps: Steps) -> None:
    await steps.put("a.ods", KINDS)

    await steps.do(to_csv, {"path": "a.ods", "to": "a.csv", "range": "A1:B4", "encoding": "utf-16"})

    assert "text,whole\r\n007,3\r\nMiller,\r\nMiller,7\r\n" == (await steps.content("a.csv")).decode("utf-16")


async def test_a_sheet_is_converted_in_less_memory_than_it_has_text_and_not_read(steps: Steps, tmp_path: Path) -> None:
    _large(tmp_path / "large.xlsx", rows=2_000)
    await steps.put("a.xlsx", tmp_path / "large.xlsx")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    refused = await failure_of(steps.do(read, {"path": "a.xlsx", "header": False}, timeout=100.0))
    output = await steps.do(to_csv, {"path": "a.xlsx", "to": "a.csv"}, timeout=100.0)

    assert "ResultTooLargeError" == refused.type
    assert 2_001 == output["count"]
    assert output["size"] > 47 * 2**20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024


def _large(path: Path, *, rows: int) -> None:
    """Repeat a row with a long text in the XML of a workbook."""
    book = Workbook(write_only=True)
    book.create_sheet("Large").append([1, "x"])
    small = path.with_name("small.xlsx")
    book.save(small)
    row = f'<row><c t="inlineStr"><is><t>{"lorem " * 4_200}</t></is></c></row>'.encode()
    with (
        zipfile.ZipFile(small) as old,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            start, mark, end = old.read(name).partition(b"</sheetData>")
            with new.open(name, "w") as part:
                part.write(start)
                for _ in range(rows if mark else 0):
                    part.write(row)
                part.write(mark + end)


@pytest.mark.parametrize("content", [b"", b"no workbook"])
async def test_what_is_no_workbook_is_said(steps: Steps, content: bytes) -> None:
    await steps.put("a.xlsx", content)

    error = await failure_of(steps.do(to_csv, {"path": "a.xlsx", "to": "a.csv"}))

    assert "InvalidFileError" == error.type
    assert ["a.xlsx"] == list(steps.files)
