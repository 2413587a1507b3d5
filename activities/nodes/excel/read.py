"""Read a sheet of an Excel workbook."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field

from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.table import Records, column_names
from activities.workbook import Sheet, read_sheet
from workflows.errors import InvalidFileError
from workflows.spec import Effect


class Read(Params):
    """Which sheet of which workbook to read."""

    path: str
    """The workbook (.xlsx), relative to the run's workspace."""
    sheet: str | None = None
    """The name of the sheet; by default the first one."""
    header: bool | Annotated[int, Field(ge=1)] = True
    """Whether the first row that is not empty names the columns, or the number of the row that does; with `false`,
    records are lists."""


class Table(Result):
    """What the sheet holds."""

    records: Records
    """The rows below the header that are not empty: mappings by column name, or lists without a header."""
    count: int
    """How many there are."""
    columns: tuple[str, ...] | None
    """The names of the columns, in order; null without a header."""
    sheet: str
    """The name of the sheet."""
    sheets: tuple[str, ...]
    """The names of all sheets of the workbook."""


@node("excel.read", needs=FILES, effect=Effect.READ, label="path")
async def read(workspace: Workspace, params: Read) -> Table:
    """Read the records of a sheet.

    Numbers stay numbers, dates become ISO text (`2026-01-31`), empty cells null. A formula counts with the value Excel
    kept for it, and merged cells all have the value they show. A column without a name is named by its position
    (`column_3`), and the second `Amount` becomes `Amount_2`.

    ```yaml
    - do: excel.write
      with:
        path: prices.xlsx
        records: [{item: Pen, price: 1.1}, {item: Ink, price: 4}]
    - id: prices
      do: excel.read
      with: {path: prices.xlsx}
    - assert: "${{ prices.records[1].price == 4 }}"
    ```
    """
    async with workspace.reading(params.path) as path:
        sheet = await asyncio.to_thread(read_sheet, path, params.sheet, shown_as=params.path)
    if params.header is False:
        rows = list(sheet.rows.values())
        return Table(records=rows, count=len(rows), columns=None, sheet=sheet.name, sheets=sheet.sheets)
    header = _header_row(sheet, params)
    names = column_names(sheet.rows.get(header, []))
    records = [dict(zip(names, row, strict=True)) for number, row in sheet.rows.items() if number > header]
    return Table(records=records, count=len(records), columns=tuple(names), sheet=sheet.name, sheets=sheet.sheets)


def _header_row(sheet: Sheet, params: Read) -> int:
    if params.header is True:
        return min(sheet.rows, default=1)
    if params.header not in sheet.rows:
        raise InvalidFileError(
            f"row {params.header} of sheet {sheet.name!r} of {params.path!r} is empty; 'header' must be the row that "
            "names the columns"
        )
    return params.header
