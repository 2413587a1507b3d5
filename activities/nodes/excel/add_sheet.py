"""Add a sheet to an Excel workbook."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from activities.formats.excel.edit import Change, Losses
from activities.formats.excel.names import SheetName, WorkbookPath
from activities.formats.excel.sheets import add_sheet as add_sheet_in
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Add(Params):
    """Which sheet to add, and where."""

    path: WorkbookPath
    """The workbook, relative to the run's workspace."""
    sheet: SheetName
    """The name of the new sheet."""
    losses: Losses = "refuse"
    """Whether to change a workbook that holds what is lost by that: charts, pictures, form controls."""


class Added(Result):
    """What the workbook has now."""

    path: str
    """The workbook."""
    sheets: tuple[str, ...]
    """The names of all its sheets, in order."""


@node("excel.add_sheet", needs=FILES, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=5))
async def add_sheet(workspace: Workspace, params: Add) -> Added:
    """Add an empty sheet to a workbook, behind the others.

    A name that is taken already, in any case, is an error.

    ```yaml
    - do: excel.write
      with: {path: report.xlsx, sheet: January, records: [{id: 1}]}
    - id: more
      do: excel.add_sheet
      with: {path: report.xlsx, sheet: February}
    - assert: "${{ more.sheets == ['January', 'February'] }}"
    ```
    """
    async with AsyncExitStack() as stack:
        before = await stack.enter_async_context(workspace.reading(params.path))
        path = await stack.enter_async_context(workspace.writing(params.path))
        change = Change(before, path, params.path, params.losses)
        sheets = await asyncio.to_thread(add_sheet_in, change, params.sheet)
    return Added(path=params.path, sheets=tuple(sheets))
