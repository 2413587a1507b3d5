"""Read a table."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Table(Params):
    """Which table."""

    target: Target
    """The table, or what holds exactly one."""


class Rows(Result):
    """What the table shows."""

    rows: list[dict[str, str]]
    """One mapping per row, from column header to text; columns without a header are `column_1` and so on."""
    columns: list[str]
    """The headers, from left to right."""
    count: int
    """How many rows there are."""


@node("browser.table", needs=BROWSER, effect=Effect.READ, label="target")
async def table(page: Page, params: Table) -> Rows:
    """Read a table's visible rows, without its header and footer.

    ```yaml
    - id: invoices
      do: browser.table
      with: {target: {role: table, name: Invoices}}
    ```
    """
    text = await page.table(params.target)
    width = max((len(row) for row in (text.header, *text.rows)), default=0)
    columns = _named(text.header, width)
    rows = [dict(zip(columns, (*row, *[""] * (width - len(row))), strict=True)) for row in text.rows]
    return Rows(rows=rows, columns=columns, count=len(rows))


def _named(header: tuple[str, ...], width: int) -> list[str]:
    """Give every column a name of its own."""
    names: list[str] = []
    for number in range(1, width + 1):
        name = header[number - 1] if number <= len(header) and header[number - 1] else f"column_{number}"
        names.append(name if name not in names else f"{name}_{number}")
    return names
