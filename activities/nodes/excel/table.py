"""Read a table of an Excel workbook."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from activities.formats.excel.book import Workbook
from activities.formats.excel.search import read_region
from activities.formats.excel.sheet import Part
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.table import Records
from workflows.spec import Effect


class Table(Params):
    """Which table to read."""

    path: str
    """The workbook (.xlsx, .xlsm, .xlsb, .xls or .ods), relative to the run's workspace."""
    table: str
    """The name of a table or range of the workbook, a range (`B3:F20`), or a cell of the table (`B3`)."""
    sheet: str | None = None
    """The sheet of an address; by default the first one."""
    header: bool = True
    """Whether its first row names the columns; else records are lists."""
    raw: bool = False
    """Give dates and times as Excel's day numbers, and merged cells empty but for the first of them."""
    password: str | None = None
    """What opens a protected workbook, best as a secret."""


class Found(Result):
    """What the table holds."""

    records: Records
    """The rows below the header that are not empty: mappings by column name, or lists without a header."""
    count: int
    """How many there are."""
    columns: tuple[str, ...] | None
    """The names of the columns, in order; null without a header."""
    range: str
    """Where the table is, e.g. `Prices!B3:F20`."""


@node("excel.table", needs=FILES, effect=Effect.READ, label="table", timeout=timedelta(minutes=5))
async def table(workspace: Workspace, params: Table) -> Found:
    """Read a table by its name, by its range, or by one of its cells.

    A cell stands for all cells around it up to the next empty row and column, as `Ctrl+A` in Excel selects them: a
    sheet with several tables has each read by itself. Names are known in .xlsx and .xlsm.

    ```yaml
    - do: excel.write_cells
      with:
        path: report.xlsx
        values: {A1: Report, B3: [[item, price], [Pen, 1.1]], B8: Total}
    - id: prices
      do: excel.table
      with: {path: report.xlsx, table: B3}
    - assert: "${{ prices.records == [{'item': 'Pen', 'price': 1.1}] }}"
    ```
    """
    part = Part("", header=params.header, raw=params.raw)
    async with workspace.reading(params.path) as path:
        workbook = Workbook(path, params.path, params.password)
        found, place = await asyncio.to_thread(read_region, workbook, params.table, params.sheet, part)
    return Found(records=found.records, count=len(found.records), columns=found.columns, range=place)
