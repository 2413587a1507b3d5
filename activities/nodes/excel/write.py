"""Write a sheet of an Excel workbook."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

from pydantic import Field

from activities.formats.excel.edit import Change, Losses, write_sheet
from activities.formats.excel.names import SheetName, WidthInCharacters, WorkbookPath
from activities.formats.excel.new_sheet import NewSheet
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.table import Records, rows_of
from workflows.spec import Effect


class Write(Params):
    """What to write, and where."""

    path: WorkbookPath
    """The workbook (.xlsx, or .xlsm if it is there already), relative to the run's workspace."""
    sheet: SheetName = "Sheet1"
    """The name of the sheet."""
    records: Records
    """The rows: mappings by column name, or lists."""
    columns: tuple[str, ...] | None = Field(default=None, min_length=1)
    """Which columns, in which order; by default all keys in the order in which they first appear."""
    formats: dict[str, str] = Field(default={})
    """How columns show their values, by name or letter: `{amount: "#,##0.00", due: dd.mm.yyyy}`."""
    widths: dict[str, WidthInCharacters] = Field(default={})
    """How wide columns are, in characters, by name or letter; by default as wide as what they hold."""
    losses: Losses = "refuse"
    """Whether to change a workbook that holds what is lost by that: charts, pictures, form controls."""


class Written(Result):
    """What was written."""

    path: str
    """The workbook."""
    count: int
    """How many records the sheet holds."""
    size: int
    """How long the file is, in bytes."""


@node("excel.write", needs=FILES, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=5))
async def write(workspace: Workspace, params: Write) -> Written:
    """Write records to a sheet, with a header in bold where the columns have names.

    In a workbook that is already there, the sheet of this name is replaced or added and all other sheets stay. Text
    stays text, also when it begins with `=`; ISO dates become dates in columns whose format shows a date.

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
        change = Change(before, path, params.path, params.losses)
        sheet = NewSheet(params.sheet, header, rows, params.formats, params.widths)
        await asyncio.to_thread(write_sheet, change, sheet)
    return Written(path=params.path, count=len(params.records), size=workspace.entry(params.path).size)
