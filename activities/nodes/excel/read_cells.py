"""Read cells of an Excel workbook by their addresses."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from pydantic import Field, JsonValue

from activities.formats.excel.book import Workbook
from activities.formats.excel.cells import Wanted
from activities.formats.excel.cells import read_cells as read_cells_of
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Read(Params):
    """Which cells to read."""

    path: str
    """The workbook (.xlsx, .xlsm, .xlsb, .xls or .ods), relative to the run's workspace."""
    cells: tuple[str, ...] = Field(min_length=1, max_length=100)
    """Addresses: `B7`, `A1:C3`, `A:C`, `Prices!B7`, or names that the workbook gives to cells."""
    sheet: str | None = None
    """The sheet of addresses that name none; by default the first one."""
    formulas: bool = False
    """Give the formulas of cells that have one, instead of what they give (.xlsx and .xlsm)."""
    raw: bool = False
    """Give dates and times as Excel's day numbers, and merged cells empty but for the first of them."""
    password: str | None = None
    """What opens a protected workbook, best as a secret."""


class Found(Result):
    """What the cells hold."""

    cells: dict[str, JsonValue]
    """By the addresses as they are given: a value for a cell, a list of rows for a range."""
    values: tuple[JsonValue, ...]
    """The same in the order in which they are given."""


@node("excel.read_cells", needs=FILES, effect=Effect.READ, label="path", timeout=timedelta(minutes=5))
async def read_cells(workspace: Workspace, params: Read) -> Found:
    """Read single cells and ranges of a workbook by their addresses.

    Values are those of `excel.read`. An area of whole columns or rows ends with the last cell that holds anything.

    ```yaml
    - do: excel.write
      with: {path: prices.xlsx, records: [{item: Pen, price: 1.1}]}
    - id: found
      do: excel.read_cells
      with: {path: prices.xlsx, cells: [B2, "A1:B2"]}
    - assert: "${{ found.cells.B2 == 1.1 and found.values[1] == [['item', 'price'], ['Pen', 1.1]] }}"
    ```
    """
    wanted = Wanted(params.cells, params.sheet, params.formulas, params.raw)
    async with workspace.reading(params.path) as path:
        workbook = Workbook(path, params.path, params.password)
        cells = await asyncio.to_thread(read_cells_of, workbook, wanted)
    return Found(cells=cells, values=tuple(cells[place] for place in params.cells))
