"""Read the tables in a PDF file."""

from __future__ import annotations

from datetime import timedelta

from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.tables import PageTable, read_tables
from activities.node import Result, node
from activities.pages import PageRange
from activities.sessions.documents import DOCUMENTS, OnPdf, Workshop
from activities.table import Records, records_of
from workflows.spec import Effect


class Tables(OnPdf):
    """Where to look for tables, and how."""

    pages: PageRange | None = None
    """Which pages, e.g. `1-3, 5` or `2-`; by default all."""
    header: bool = True
    """Whether the first row names the columns; with `false`, records are lists."""
    borders: bool = True
    """Whether cells have lines around them; with `false`, columns are where texts line up."""
    join: bool = False
    """Whether a table with as many columns as the last one on the page before goes on with it."""


class Table(Result):
    """One table."""

    page: int
    """The number of the page it begins on."""
    records: Records
    """Its rows below the header: mappings by column name, or lists without a header."""
    columns: tuple[str, ...] | None
    """The names of the columns, in order; null without a header."""


class Found(Result):
    """What was found."""

    tables: tuple[Table, ...]
    """Each table, from the top of the first page to the end of the last."""
    count: int
    """How many there are."""


@node("pdf.tables", needs=DOCUMENTS, effect=Effect.READ, timeout=timedelta(minutes=2), label="path")
async def tables(workshop: Workshop, params: Tables) -> Found:
    """Read the tables on pages as records.

    Cells hold text. With `join`, a table may go on over pages; where it repeats its header, that is left out.

    ```yaml
    - id: invoice
      do: pdf.tables
      with: {path: invoice.pdf, pages: "1-2", join: true}
    - assert: "${{ invoice.tables[0].records[0].Item == 'Pen' }}"
    ```
    """
    async with workshop.files.reading(params.path) as path:
        found = await workshop.do(
            read_tables, PdfFile(path, params.password, params.path), params.pages, borders=params.borders
        )
    joined = _joined(found) if params.join else found
    read = tuple(_table(each, header=params.header) for each in joined)
    return Found(tables=read, count=len(read))


def _joined(found: list[PageTable]) -> list[PageTable]:
    joined: list[PageTable] = []
    last_page = 0
    for table in found:
        before = joined[-1] if joined else None
        if before is not None and table.page == last_page + 1 and len(before.rows[0]) == len(table.rows[0]):
            rows = table.rows[1:] if table.rows[0] == before.rows[0] else table.rows
            joined[-1] = PageTable(before.page, before.rows + rows)
        else:
            joined.append(table)
        last_page = table.page
    return joined


def _table(table: PageTable, *, header: bool) -> Table:
    columns, records = records_of([list(row) for row in table.rows], header=header)
    return Table(page=table.page, records=records, columns=columns)
