"""Read a table."""

from __future__ import annotations

from pydantic import Field

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Table(OnPage):
    """Which table."""

    target: Target
    """The table, or what holds exactly one."""
    next: Target | None = None
    """What leads to the next page of the table; it is clicked until it is gone or disabled."""
    pages: int = Field(default=100, ge=1, le=10_000)
    """How many pages there may be; more are an error."""


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
    """Read a table's visible rows, without its header and footer; with `next`, of all its pages.

    A cell that spans rows counts in each of them; one that spans columns, in the first.
    A page counts as the next one when it shows something else. If an attempt fails on the way, the next one begins
    at the first page again. To page takes time: give the step a `timeout` that is long enough.

    ```yaml
    - id: invoices
      do: browser.table
      with: {target: {role: table, name: Invoices}, next: {role: link, name: Next}}
    ```
    """
    texts = [await page.table(params.target) async for _ in page.sheets(params.next, params.target, params.pages)]
    header = texts[0].header
    cells = [row for text in texts for row in text.rows]
    width = max((len(row) for row in (header, *cells)), default=0)
    columns = _named(header, width)
    rows = [dict(zip(columns, (*row, *[""] * (width - len(row))), strict=True)) for row in cells]
    return Rows(rows=rows, columns=columns, count=len(rows))


def _named(header: tuple[str, ...], width: int) -> list[str]:
    """Give every column a name of its own."""
    names: list[str] = []
    for number in range(1, width + 1):
        name = header[number - 1] if number <= len(header) and header[number - 1] else f"column_{number}"
        names.append(name if name not in names else f"{name}_{number}")
    return names
