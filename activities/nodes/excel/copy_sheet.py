"""Copy a sheet of an Excel workbook."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from activities.formats.excel.edit import Change, Losses
from activities.formats.excel.names import SheetName, WorkbookPath
from activities.formats.excel.sheets import copy_sheet as copy_sheet_in
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Copy(Params):
    """Which sheet to copy."""

    path: WorkbookPath
    """The workbook, relative to the run's workspace."""
    sheet: str
    """The name of the sheet, in any case."""
    to: SheetName
    """The name of the copy."""
    losses: Losses = "refuse"
    """Whether to change a workbook that holds what is lost by that: charts, pictures, form controls."""


class Copied(Result):
    """What the workbook has now."""

    path: str
    """The workbook."""
    sheets: tuple[str, ...]
    """The names of all its sheets, in order."""


@node("excel.copy_sheet", needs=FILES, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=5))
async def copy_sheet(workspace: Workspace, params: Copy) -> Copied:
    """Copy a sheet within a workbook, behind the others.

    Values, formulas and looks are copied; charts and pictures are not.

    ```yaml
    - do: excel.write
      with: {path: report.xlsx, sheet: January, records: [{id: 1}]}
    - do: excel.copy_sheet
      with: {path: report.xlsx, sheet: January, to: February}
    ```
    """
    async with AsyncExitStack() as stack:
        before = await stack.enter_async_context(workspace.reading(params.path))
        path = await stack.enter_async_context(workspace.writing(params.path))
        change = Change(before, path, params.path, params.losses)
        sheets = await asyncio.to_thread(copy_sheet_in, change, params.sheet, params.to)
    return Copied(path=params.path, sheets=tuple(sheets))
