"""Look at the sheets of an Excel workbook."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from activities.formats.excel.book import Workbook
from activities.formats.excel.sheets import names_in, outlines
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Sheets(Params):
    """Which workbook to look at."""

    path: str
    """The workbook (.xlsx, .xlsm, .xlsb, .xls or .ods), relative to the run's workspace."""
    password: str | None = None
    """What opens a protected workbook, best as a secret."""


class Sheet(Result):
    """One sheet."""

    name: str
    """Its name."""
    hidden: bool
    """Whether people do not see it."""
    rows: int
    """How many rows hold anything."""
    range: str | None
    """The smallest range with all cells that hold anything, e.g. `A1:F200`; null for an empty sheet."""


class Listing(Result):
    """What the workbook has."""

    sheets: tuple[Sheet, ...]
    """Its sheets with cells, in order."""
    count: int
    """How many there are."""
    names: dict[str, str]
    """Tables and ranges that have names, with where they are: `{Prices: "Sheet1!A1:C9"}`."""


@node("excel.sheets", needs=FILES, effect=Effect.READ, label="path", timeout=timedelta(minutes=5))
async def sheets(workspace: Workspace, params: Sheets) -> Listing:
    """List the sheets of a workbook, how large they are, and what has a name.

    ```yaml
    - do: excel.write
      with: {path: report.xlsx, sheet: January, records: [{id: 1}, {id: 2}]}
    - id: report
      do: excel.sheets
      with: {path: report.xlsx}
    - assert: "${{ report.sheets[0].range == 'A1:A3' }}"
    ```
    """
    async with workspace.reading(params.path) as path:
        workbook = Workbook(path, params.path, params.password)
        found = await asyncio.to_thread(outlines, workbook)
        names = await asyncio.to_thread(names_in, workbook)
    each = tuple(Sheet(name=sheet.name, hidden=sheet.hidden, rows=sheet.rows, range=sheet.range) for sheet in found)
    return Listing(sheets=each, count=len(each), names=names)
