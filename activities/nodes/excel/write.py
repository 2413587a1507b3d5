"""Write a sheet of an Excel workbook."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from pydantic import Field

from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.table import Records, rows_of
from activities.workbook import NewSheet, write_sheet
from workflows.spec import Effect


class Write(Params):
    """What to write, and where."""

    path: str = Field(pattern=r"\.[xX][lL][sS][xX]$")
    """The workbook (.xlsx), relative to the run's workspace."""
    sheet: str = Field(default="Sheet1", pattern=r"^[^\[\]:*?/\\']([^\[\]:*?/\\]*[^\[\]:*?/\\'])?$", max_length=31)
    """The name of the sheet."""
    records: Records
    """The rows: mappings by column name, or lists."""
    columns: tuple[str, ...] | None = Field(default=None, min_length=1)
    """Which columns, in which order; by default all keys in the order in which they first appear."""


class Written(Result):
    """What was written."""

    path: str
    """The workbook."""
    count: int
    """How many records the sheet holds."""
    size: int
    """How long the file is, in bytes."""


@node("excel.write", needs=FILES, effect=Effect.IDEMPOTENT, label="path")
async def write(workspace: Workspace, params: Write) -> Written:
    """Write records to a sheet, with a header in bold where the columns have names.

    In a workbook that is already there, the sheet of this name is replaced or added and all other sheets stay;
    charts and pictures in it are lost. Text stays text, also when it begins with `=`.

    ```yaml
    - do: excel.write
      with:
        path: out/result.xlsx
        sheet: Paid
        records: [{invoice: A-1, amount: 12.5}, {invoice: A-2, amount: 7}]
    ```
    """
    header, rows = rows_of(params.records, params.columns)
    async with AsyncExitStack() as stack:
        before = None
        if workspace.exists(params.path):
            before = await stack.enter_async_context(workspace.reading(params.path))
        path = await stack.enter_async_context(workspace.writing(params.path))
        await asyncio.to_thread(
            write_sheet, path, NewSheet(params.sheet, header, rows), before=before, shown_as=params.path
        )
    return Written(path=params.path, count=len(params.records), size=workspace.entry(params.path).size)
