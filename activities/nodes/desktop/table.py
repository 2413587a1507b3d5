"""Read a table."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from activities.node import Result, node
from activities.sessions.control import Control
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from activities.table import column_names
from workflows.spec import Effect


class Table(OnDesktop):
    """Which table, and how much of it."""

    target: Control
    """The table or list with columns."""
    rows: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """How many rows to read at most."""
    header: bool = True
    """Whether its first row names its columns; if not, they are `column_1` and so on."""


class Rows(Result):
    """What the table shows."""

    rows: list[dict[str, str]]
    """One mapping per row, from the name of the column to the text."""
    columns: list[str]
    """The names of the columns, from left to right."""
    count: int
    """How many rows there are here."""


@node("desktop.table", needs=DESKTOP, effect=Effect.READ, label="target")
async def table(desktop: DesktopSession, params: Table) -> Rows:
    """Read the rows of a table, as its program tells of them.

    ```yaml
    - id: invoices
      do: desktop.table
      with: {app: invoices, target: {control_type: DataGrid}}
    ```
    """
    cells = await desktop.table(params.target, most=params.rows + params.header)
    header, body = (cells[0], cells[1:]) if params.header and cells else ([], cells)
    width = max(map(len, cells), default=0)
    columns = column_names([*header, *[""] * (width - len(header))])
    rows = [dict(zip(columns, [*row, *[""] * (width - len(row))], strict=True)) for row in body]
    return Rows(rows=rows, columns=columns, count=len(rows))
