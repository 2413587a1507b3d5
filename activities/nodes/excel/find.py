"""Find values in an Excel workbook."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from pydantic import Field, JsonValue

from activities.formats.excel.address import address, area_of
from activities.formats.excel.book import Workbook
from activities.formats.excel.search import containing, same_as
from activities.formats.excel.search import find as find_in
from activities.formats.excel.sheet import EVERYWHERE
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Find(Params):
    """What to look for, and where."""

    path: str
    """The workbook (.xlsx, .xlsm, .xlsb, .xls or .ods), relative to the run's workspace."""
    value: str | int | float | bool
    """What a cell shows: text in any case, a number, an ISO date."""
    part: bool = False
    """Whether cells count that hold the value among other text."""
    sheet: str | None = None
    """The sheet to look at; by default all."""
    range: str | None = None
    """Which cells to look at, e.g. `B3:F200` or `A:D`; all by default."""
    limit: int = Field(default=100, ge=1, le=10_000)
    """How many cells to find at most."""
    password: str | None = None
    """What opens a protected workbook, best as a secret."""


class Cell(Result):
    """One cell."""

    sheet: str
    """The name of its sheet."""
    cell: str
    """Its address, e.g. `B7`."""
    row: int
    """The number of its row, from 1."""
    column: int
    """The number of its column, from 1."""
    value: JsonValue
    """What it holds."""


class Found(Result):
    """Where the value is."""

    cells: tuple[Cell, ...]
    """The cells, from the top of each sheet."""
    count: int
    """How many there are."""


@node("excel.find", needs=FILES, effect=Effect.READ, label="value", timeout=timedelta(minutes=5))
async def find(workspace: Workspace, params: Find) -> Found:
    """Find the cells of a workbook that hold a value; none is no error.

    ```yaml
    - do: excel.write
      with: {path: prices.xlsx, records: [{item: Pen, price: 1.1}, {item: Ink, price: 4}]}
    - id: ink
      do: excel.find
      with: {path: prices.xlsx, value: ink}
    - assert: "${{ ink.cells[0].cell == 'A3' }}"
    ```
    """
    fits = (containing if params.part else same_as)(params.value)
    area = area_of(params.range) if params.range else EVERYWHERE
    async with workspace.reading(params.path) as path:
        workbook = Workbook(path, params.path, params.password)
        hits = await asyncio.to_thread(find_in, workbook, params.sheet, area, fits, params.limit)
    cells = tuple(
        Cell(sheet=hit.sheet, cell=address(hit.row, hit.column), row=hit.row, column=hit.column, value=hit.value)
        for hit in hits
    )
    return Found(cells=cells, count=len(cells))
