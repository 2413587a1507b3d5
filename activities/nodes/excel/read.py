"""Read a sheet of an Excel workbook."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from activities.formats.excel.address import area_of
from activities.formats.excel.book import Workbook
from activities.formats.excel.sheet import EVERYWHERE, Part
from activities.formats.excel.table import read_table
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.table import Records
from workflows.spec import Effect


class Read(Params):
    """Which sheet of which workbook to read."""

    path: str
    """The workbook (.xlsx, .xlsm, .xlsb, .xls or .ods), relative to the run's workspace."""
    sheet: str | None = None
    """The name of the sheet; by default the first one."""
    header: bool | Annotated[int, Field(ge=1)] = True
    """Whether the first row that is not empty names the columns, or the number of the row that does; with `false`,
    records are lists."""
    range: str | None = None
    """Which cells to look at, e.g. `B3:F200` or `A:D`; all by default."""
    skip: int = Field(default=0, ge=0)
    """How many records to leave out at the start."""
    limit: int | None = Field(default=None, ge=1)
    """How many records to read at most."""
    raw: bool = False
    """Give dates and times as Excel's day numbers, and merged cells empty but for the first of them."""
    password: str | None = None
    """What opens a protected workbook, best as a secret."""


class Table(Result):
    """What the sheet holds."""

    records: Records
    """The rows below the header that are not empty: mappings by column name, or lists without a header."""
    count: int
    """How many there are."""
    columns: tuple[str, ...] | None
    """The names of the columns, in order; null without a header."""
    sheet: str
    """The name of the sheet."""
    sheets: tuple[str, ...]
    """The names of all sheets of the workbook."""
    more: bool
    """Whether there are records after them, which `limit` has left out."""


@node("excel.read", needs=FILES, effect=Effect.READ, label="path", timeout=timedelta(minutes=5))
async def read(workspace: Workspace, params: Read) -> Table:
    """Read the records of a sheet.

    Numbers stay numbers, dates become ISO text (`2026-01-31`), empty cells null, and errors the text they show
    (`#N/A`), in all formats. A formula counts with the value Excel kept for it, and merged cells all have the value
    they show. A column without a name is named by its position (`column_3`), and the second `Amount` becomes
    `Amount_2`.

    ```yaml
    - do: excel.write
      with:
        path: prices.xlsx
        records: [{item: Pen, price: 1.1}, {item: Ink, price: 4}]
    - id: prices
      do: excel.read
      with: {path: prices.xlsx}
    - assert: "${{ prices.records[1].price == 4 }}"
    ```
    """
    area = area_of(params.range) if params.range else EVERYWHERE
    part = Part("", area, params.skip, params.limit, params.header, params.raw)
    async with workspace.reading(params.path) as path:
        workbook = Workbook(path, params.path, params.password)
        table = await asyncio.to_thread(read_table, workbook, part, params.sheet)
    return Table(
        records=table.records,
        count=len(table.records),
        columns=table.columns,
        sheet=table.sheet,
        sheets=table.sheets,
        more=table.more,
    )
