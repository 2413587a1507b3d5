"""Delete a sheet of an Excel workbook."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from activities.formats.excel.edit import Change, Losses
from activities.formats.excel.names import WorkbookPath
from activities.formats.excel.sheets import delete_sheet as delete_sheet_in
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Delete(Params):
    """Which sheet to delete."""

    path: WorkbookPath
    """The workbook, relative to the run's workspace."""
    sheet: str
    """The name of the sheet, in any case."""
    losses: Losses = "refuse"
    """Whether to change a workbook that holds what is lost by that: charts, pictures, form controls."""


class Deleted(Result):
    """What the workbook has now."""

    path: str
    """The workbook."""
    sheets: tuple[str, ...]
    """The names of all its sheets, in order."""


@node("excel.delete_sheet", needs=FILES, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=5))
async def delete_sheet(workspace: Workspace, params: Delete) -> Deleted:
    """Delete a sheet of a workbook; it is fine if there is none of this name.

    The last sheet cannot be deleted: a workbook needs one.

    ```yaml
    - do: excel.write
      with: {path: report.xlsx, sheet: January, records: [{id: 1}]}
    - do: excel.add_sheet
      with: {path: report.xlsx, sheet: February}
    - do: excel.delete_sheet
      with: {path: report.xlsx, sheet: January}
    ```
    """
    async with AsyncExitStack() as stack:
        before = await stack.enter_async_context(workspace.reading(params.path))
        path = await stack.enter_async_context(workspace.writing(params.path))
        change = Change(before, path, params.path, params.losses)
        sheets = await asyncio.to_thread(delete_sheet_in, change, params.sheet)
    return Deleted(path=params.path, sheets=tuple(sheets))
