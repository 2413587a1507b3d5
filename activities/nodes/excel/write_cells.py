"""Write cells of an Excel workbook by their addresses."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Annotated, TypeAlias

from pydantic import Field, JsonValue

from activities.formats.excel.cells import Writing
from activities.formats.excel.cells import write_cells as write_cells_of
from activities.formats.excel.edit import Change, Losses
from activities.formats.excel.names import SheetName, WidthInCharacters, WorkbookPath
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect

Formula: TypeAlias = Annotated[str, Field(pattern="^=.")]


class Write(Params):
    """What to write into which cells."""

    path: WorkbookPath
    """The workbook, relative to the run's workspace; made if there is none."""
    sheet: SheetName | None = None
    """The name of the sheet; by default the first one."""
    values: dict[str, JsonValue] = Field(default={})
    """Values by address: one for a cell (`B7: 5`) or for all cells of a range, or rows that begin at a cell
    (`A1: [[1, 2], [3, 4]]`)."""
    formulas: dict[str, Formula] = Field(default={})
    """Formulas by address, in English: `{B9: "=SUM(B2:B8)"}`."""
    formats: dict[str, str] = Field(default={})
    """How cells show their values, by address: `{"B2:B9": "#,##0.00", "C:C": dd.mm.yyyy}`."""
    bold: tuple[str, ...] = ()
    """The addresses of cells to be bold."""
    widths: dict[Annotated[str, Field(pattern="^[A-Z]{1,3}$")], WidthInCharacters] = Field(default={})
    """How wide columns are, in characters: `{A: 20}`."""
    losses: Losses = "refuse"
    """Whether to change a workbook that holds what is lost by that: charts, pictures, form controls."""


class Written(Result):
    """What was written."""

    path: str
    """The workbook."""
    sheet: str
    """The name of the sheet."""
    count: int
    """How many cells were written."""
    size: int
    """How long the file is now, in bytes."""


@node("excel.write_cells", needs=FILES, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=5))
async def write_cells(workspace: Workspace, params: Write) -> Written:
    """Write single cells and ranges of a workbook, e.g. of a form, and leave the rest as it is.

    Formulas and the macros of .xlsm stay. Text never becomes a formula, which is what `formulas` is for; an ISO date
    becomes a date in a cell that `formats` gives a date. What formulas give is not known until Excel has opened and
    saved the workbook.

    ```yaml
    - do: excel.write_cells
      with:
        path: offer.xlsx
        values: {B1: ACME, A3: [[Pen, 2, 1.1], [Ink, 1, 4]]}
        formulas: {C5: "=SUMPRODUCT(B3:B4,C3:C4)"}
        formats: {"C3:C5": "#,##0.00"}
        bold: [C5]
    ```
    """
    writing = Writing(params.sheet, params.values, params.formulas, params.formats, params.bold, params.widths)
    async with AsyncExitStack() as stack:
        before = None
        if workspace.exists(params.path):
            before = await stack.enter_async_context(workspace.reading(params.path))
        path = await stack.enter_async_context(workspace.writing(params.path))
        change = Change(before, path, params.path, params.losses)
        sheet, count = await asyncio.to_thread(write_cells_of, change, writing)
    return Written(path=params.path, sheet=sheet, count=count, size=workspace.entry(params.path).size)
