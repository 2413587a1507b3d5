"""Rename a sheet of an Excel workbook."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from activities.formats.excel.edit import Change, Losses
from activities.formats.excel.names import SheetName, WorkbookPath
from activities.formats.excel.sheets import rename_sheet as rename_sheet_in
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Rename(Params):
    """Which sheet to rename."""

    path: WorkbookPath
    """The workbook, relative to the run's workspace."""
    sheet: str
    """The name of the sheet, in any case."""
    to: SheetName
    """Its new name."""
    losses: Losses = "refuse"
    """Whether to change a workbook that holds what is lost by that: charts, pictures, form controls."""


class Renamed(Result):
    """What the workbook has now."""

    path: str
    """The workbook."""
    sheets: tuple[str, ...]
    """The names of all its sheets, in order."""


@node("excel.rename_sheet", needs=FILES, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=5))
async def rename_sheet(workspace: Workspace, params: Rename) -> Renamed:
    """Give a sheet of a workbook another name.

    Formulas, named ranges, rules and links that name the sheet are changed with it.

    ```yaml
    - do: excel.write
      with: {path: report.xlsx, sheet: January, records: [{id: 1}]}
    - do: excel.rename_sheet
      with: {path: report.xlsx, sheet: January, to: Jan}
    ```
    """
    async with AsyncExitStack() as stack:
        before = await stack.enter_async_context(workspace.reading(params.path))
        path = await stack.enter_async_context(workspace.writing(params.path))
        change = Change(before, path, params.path, params.losses)
        sheets = await asyncio.to_thread(rename_sheet_in, change, params.sheet, params.to)
    return Renamed(path=params.path, sheets=tuple(sheets))
