"""Add rows to a sheet of an Excel workbook."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from pydantic import Field

from activities.formats.excel.append import append_rows
from activities.formats.excel.edit import Change, Losses
from activities.formats.excel.names import SheetName, WorkbookPath
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.table import Records
from workflows.spec import Effect


class Append(Params):
    """What to add, and where."""

    path: WorkbookPath
    """The workbook, relative to the run's workspace; made if there is none."""
    sheet: SheetName | None = None
    """The name of the sheet, made if there is none; by default the first one."""
    records: Records = Field(min_length=1)
    """The rows: mappings by the names in the sheet's first row, or lists."""
    losses: Losses = "refuse"
    """Whether to change a workbook that holds what is lost by that: charts, pictures, form controls."""


class Appended(Result):
    """What was added."""

    path: str
    """The workbook."""
    sheet: str
    """The name of the sheet."""
    first: int
    """The number of the first row that was added."""
    last: int
    """The number of the last one."""
    size: int
    """How long the file is now, in bytes."""


@node("excel.append", needs=FILES, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=5))
async def append(workspace: Workspace, params: Append) -> Appended:
    """Add records below the last row of a sheet, each value under the column of its name.

    New cells look like those of the last row, and a table of Excel that ends there grows. Where the column shows
    dates, ISO dates become dates. A record with a key that the header lacks is an error.

    ```yaml
    - do: excel.append
      with: {path: log.xlsx, records: [{when: "2026-01-31", amount: 5}]}
    - id: more
      do: excel.append
      with: {path: log.xlsx, records: [{amount: 7, when: "2026-02-01"}]}
    - assert: "${{ more.last == 3 }}"
    ```
    """
    async with AsyncExitStack() as stack:
        before = None
        if workspace.exists(params.path):
            before = await stack.enter_async_context(workspace.reading(params.path))
        path = await stack.enter_async_context(workspace.writing(params.path))
        change = Change(before, path, params.path, params.losses)
        sheet, rows = await asyncio.to_thread(append_rows, change, params.sheet, params.records)
    size = workspace.entry(params.path).size
    return Appended(path=params.path, sheet=sheet, first=rows.start, last=rows.stop - 1, size=size)
