"""Make an Excel workbook of a CSV file."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from activities.encoding import DETECT, EncodingOrAuto
from activities.formats.delimited import DecimalMark, detect, number_of, read_rows
from activities.formats.excel.edit import Change, Losses, write_sheet
from activities.formats.excel.names import SheetName, WorkbookPath
from activities.formats.excel.new_sheet import NewSheet
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.table import DELIMITER_OR_AUTO, Row
from workflows.errors import ResultTooLargeError
from workflows.spec import Effect

_MOST_CELLS = 1_000_000
"""Each is an object in memory."""


class Convert(Params):
    """Which file to convert, and how it is written."""

    path: str
    """The CSV file, relative to the run's workspace."""
    to: WorkbookPath
    """The workbook; a sheet of the same name in it is replaced, others stay."""
    sheet: SheetName = "Sheet1"
    """The name of the sheet."""
    header: bool = True
    """Whether the first row names the columns and is written in bold."""
    delimiter: str = Field(default=DETECT, pattern=DELIMITER_OR_AUTO)
    """What stands between two values, e.g. `;` or `"\\t"`; with `auto` the file tells."""
    encoding: EncodingOrAuto = DETECT
    """How the text is written, e.g. `utf-8` or `cp1252`; with `auto` the file tells."""
    decimal: DecimalMark | None = None
    """The mark before decimals: values that are numbers, written with it, become numbers. By default all are text."""
    losses: Losses = "refuse"
    """Whether to change a workbook that holds what is lost by that: charts, pictures, form controls."""


class Converted(Result):
    """What was written."""

    path: str
    """The workbook."""
    count: int
    """How many rows the sheet has, without its header."""
    size: int
    """How long the file is, in bytes."""


@node("csv.to_excel", needs=FILES, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=10))
async def to_excel(workspace: Workspace, params: Convert) -> Converted:
    r"""Write a CSV file to a sheet of a workbook; up to a million cells.

    ```yaml
    - do: files.write
      with: {path: prices.csv, content: "item;price\nPen;1,10\n"}
    - do: csv.to_excel
      with: {path: prices.csv, to: prices.xlsx, decimal: ","}
    ```
    """
    async with AsyncExitStack() as stack:
        before = None
        if workspace.exists(params.to):
            before = await stack.enter_async_context(workspace.reading(params.to))
        source = await stack.enter_async_context(workspace.reading(params.path))
        target = await stack.enter_async_context(workspace.writing(params.to))
        change = Change(before, target, params.to, params.losses)
        count = await asyncio.to_thread(_convert, source, change, params)
    return Converted(path=params.to, count=count, size=workspace.entry(params.to).size)


def _convert(source: Path, change: Change, params: Convert) -> int:
    dialect = detect(source, delimiter=params.delimiter, encoding=params.encoding, shown_as=params.path)
    rows: list[Row] = []
    cells = 0
    header: list[str] | None = None
    for _, row in read_rows(source, dialect, shown_as=params.path):
        cells += len(row)
        if cells > _MOST_CELLS:
            raise ResultTooLargeError(f"{params.path!r} has more than {_MOST_CELLS} values, too many for a workbook")
        if params.header and header is None:
            header = row
        else:
            rows.append([number_of(cell, params.decimal) for cell in row] if params.decimal else [*row])
    write_sheet(change, NewSheet(params.sheet, header, rows))
    return len(rows)
