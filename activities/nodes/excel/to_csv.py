"""Make a CSV file of a sheet of an Excel workbook."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from activities.encoding import Encoding
from activities.formats.delimited import DecimalMark, Dialect, write_rows
from activities.formats.excel.address import area_of
from activities.formats.excel.book import Workbook, opened
from activities.formats.excel.sheet import EVERYWHERE, Part, sheet_of
from activities.formats.excel.table import all_lines
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.table import DELIMITER
from workflows.spec import Effect


class Convert(Params):
    """Which sheet to convert, and how to write it."""

    path: str
    """The workbook (.xlsx, .xlsm, .xlsb, .xls or .ods), relative to the run's workspace."""
    to: str
    """The CSV file, relative to the run's workspace; one that is there is replaced."""
    sheet: str | None = None
    """The name of the sheet; by default the first one."""
    range: str | None = None
    """Which cells to write, e.g. `B3:F200` or `A:D`; all by default."""
    delimiter: str = Field(default=",", pattern=DELIMITER)
    """What stands between two values, e.g. `;` or `"\\t"`."""
    decimal: DecimalMark = "."
    """The mark before the decimals of numbers."""
    encoding: Encoding = "utf-8"
    """How the text is written; `utf-8-sig` makes Excel recognise UTF-8."""
    password: str | None = None
    """What opens a protected workbook, best as a secret."""


class Converted(Result):
    """What was written."""

    path: str
    """The CSV file."""
    count: int
    """How many rows it has, its header included."""
    size: int
    """How long it is, in bytes."""


@node("excel.to_csv", needs=FILES, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=10))
async def to_csv(workspace: Workspace, params: Convert) -> Converted:
    """Write a sheet of a workbook to a CSV file, row by row: also one too large for a step's output.

    Values are those of `excel.read`; rows without any are left out.

    ```yaml
    - do: excel.write
      with: {path: prices.xlsx, records: [{item: Pen, price: 1.1}]}
    - do: excel.to_csv
      with: {path: prices.xlsx, to: prices.csv, delimiter: ";", decimal: ","}
    ```
    """
    async with AsyncExitStack() as stack:
        source = await stack.enter_async_context(workspace.reading(params.path))
        target = await stack.enter_async_context(workspace.writing(params.to))
        count = await asyncio.to_thread(_convert, source, target, params)
    return Converted(path=params.to, count=count, size=workspace.entry(params.to).size)


def _convert(source: Path, target: Path, params: Convert) -> int:
    workbook = Workbook(source, params.path, params.password)
    with opened(workbook) as book:
        sheet = sheet_of(book, params.sheet, shown_as=params.path)
        part = Part(sheet, area_of(params.range) if params.range else EVERYWHERE)
        dialect = Dialect(params.delimiter, params.encoding)
        rows = all_lines(book, part, shown_as=params.path)
        return write_rows(target, rows, dialect, params.decimal, shown_as=params.to)
