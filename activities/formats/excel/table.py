"""Records of a workbook: a header that names the columns, and the lines below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from activities.formats.excel.book import Workbook, opened
from activities.formats.excel.sheet import MOST_VALUES, Part, header_of, lines, measure, sheet_of
from activities.formats.excel.values import Book
from activities.table import Records, Row, column_names
from workflows.errors import ResultTooLargeError

_MOST_TEXT = 16 * 1024 * 1024
"""More than any step's output can hold, in characters."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a part of a sheet holds."""

    records: Records
    columns: tuple[str, ...] | None
    """The names of the columns; None without a header."""
    sheet: str
    sheets: tuple[str, ...]
    more: bool
    """Whether there are rows after them."""


def read_table(workbook: Workbook, part: Part, name: str | None) -> Table:
    """Read the records of a sheet, by default the first one.

    Formulas count with the values that Excel kept for them; merged cells all count with the value they show.

    Raises:
        InvalidFileError: it is no workbook, lacks the sheet, or holds a formula that nobody has calculated.
        ResultTooLargeError: there are more than any output can hold.
    """
    with opened(workbook) as book:
        named = _with_sheet(part, sheet_of(book, name, shown_as=workbook.shown_as))
        return table_in(book, named, shown_as=workbook.shown_as)


def table_in(book: Book, part: Part, *, shown_as: str) -> Table:
    """Read the records of a part of an open workbook."""
    measured = measure(book, part, shown_as=shown_as, most=MOST_VALUES)
    found = list(_bounded((line for _, line in lines(book, part, measured)), shown_as))
    sheets = tuple(book.sheets)
    if part.header is False:
        return Table(found, None, part.sheet, sheets, measured.more)
    names = column_names(header_of(book, part, measured))
    records = [dict(zip(names, line, strict=True)) for line in found]
    return Table(records, tuple(names), part.sheet, sheets, measured.more)


def _bounded(found: Iterator[Row], shown_as: str) -> Iterator[Row]:
    """Stop before there is more text in memory than an output can hold."""
    size = 0
    for line in found:
        size += sum(len(cell) for cell in line if isinstance(cell, str))
        if size > _MOST_TEXT:
            raise ResultTooLargeError(
                f"the texts of {shown_as!r} are longer than a step's output can be; read it in pieces with 'skip' and "
                "'limit', or make a CSV file of it with 'excel.to_csv'"
            )
        yield line


def all_lines(book: Book, part: Part, *, shown_as: str) -> Iterator[Row]:
    """Read a sheet line by line, its header too, without having more than one in memory."""
    measured = measure(book, part, shown_as=shown_as)
    yield from (line for _, line in lines(book, part, measured))


def _with_sheet(part: Part, sheet: str) -> Part:
    return replace(part, sheet=sheet)
