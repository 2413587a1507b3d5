"""The tables in PDF files."""

from __future__ import annotations

from dataclasses import dataclass

from activities.formats.pdf.opening import PdfFile
from activities.formats.pdf.text import laid_out
from activities.pages import PageRange, chosen_pages

_BY_TEXT = {"vertical_strategy": "text", "horizontal_strategy": "text"}


@dataclass(frozen=True, slots=True)
class PageTable:
    """One table, as far as one page shows it."""

    page: int
    rows: list[list[str]]


def read_tables(file: PdfFile, pages: PageRange | None, *, borders: bool) -> list[PageTable]:
    """Find tables by the lines around their cells, or by how their texts line up.

    Raises:
        InvalidFileError: it is no PDF file that can be opened, or has no such page.
    """
    found = []
    with laid_out(file) as placed:
        for number in chosen_pages(pages, len(placed.pages), shown_as=file.shown_as):
            page = placed.pages[number - 1]
            tables = page.extract_tables({} if borders else _BY_TEXT)
            found += [PageTable(number, rows) for rows in map(_with_texts, tables) if rows]
            page.close()
    return found


def _with_texts(rows: list[list[str | None]]) -> list[list[str]]:
    """Rows that hold something, with empty text for what is empty or belongs to a larger cell."""
    texts = [[(cell or "").strip() for cell in row] for row in rows]
    return [row for row in texts if any(row)]
