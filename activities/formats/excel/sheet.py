"""A sheet of a workbook as lines of plain values: merged cells filled in, all lines of the same length."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from activities.formats.excel.address import LAST_COLUMN, LAST_ROW, address
from activities.formats.excel.values import Area, Book, Cells, Uncalculated, Value, raw, shown
from activities.table import Row
from workflows.errors import InvalidFileError, ResultTooLargeError

EVERYWHERE = Area(1, 1, LAST_ROW, LAST_COLUMN)
MOST_VALUES = 1_000_000
"""More than any step's output can hold."""
_MOST_FILLED = 10_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a sheet to read, and how."""

    sheet: str
    area: Area = EVERYWHERE
    skip: int = 0
    """How many lines below the header to leave out."""
    limit: int | None = None
    """How many lines below the header to read."""
    header: int | bool = False
    """Whether the first line names the columns, or the number of the row that does."""
    raw: bool = False
    """Whether values are to be as spreadsheets reckon with them, and merged cells empty but for their first."""
    formulas: bool = False
    """Whether to give formulas instead of what they give."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Where in a sheet the lines of a part are."""

    header: int | None
    """The row that names the columns."""
    first: int
    """The first row below the header that counts."""
    last: int
    left: int
    right: int
    count: int
    """How many lines there are, without the header."""
    more: bool
    """Whether there are lines after them."""


def sheet_of(book: Book, name: str | None, *, shown_as: str) -> str:
    """Find a sheet by its name in any case; the first one by default.

    Raises:
        InvalidFileError: there is none of this name.
    """
    if name is None:
        return book.sheets[0]
    folded = {sheet.casefold(): sheet for sheet in book.sheets}
    if name not in book.sheets and name.casefold() not in folded:
        raise InvalidFileError(f"{shown_as!r} has no sheet {name!r}; it has {', '.join(map(repr, book.sheets))}")
    return name if name in book.sheets else folded[name.casefold()]


def measure(book: Book, part: Part, *, shown_as: str, most: int | None = None) -> Measure:
    """Find out which rows and columns a part has, without keeping any.

    Raises:
        InvalidFileError: a cell holds a formula that nobody has calculated, or the header's row is empty.
        ResultTooLargeError: it has more than so many values.
    """
    named = None if isinstance(part.header, bool) else part.header
    header = named
    columns: set[int] = set()
    first, last = 1, 0
    passed = count = 0
    more = found = False
    for number, cells in _clipped(book, part):
        header = number if part.header is True and header is None else header
        if header is not None and number <= header:
            found = found or number == header
            columns.update(cells if number == header else ())
        elif passed < part.skip:
            passed += 1
        elif count == part.limit:
            more = True
            break
        else:
            first, last = (first if count else number), number
            count += 1
            columns.update(cells)
            _refuse_too_much(count, columns, most, part.sheet, shown_as)
        if not part.raw and not part.formulas:
            _refuse_uncalculated(cells, number, part.sheet, shown_as)
    if named is not None and not found:
        raise InvalidFileError(
            f"row {named} of sheet {part.sheet!r} of {shown_as!r} is empty; 'header' must be the row that names the "
            "columns"
        )
    return Measure(header, first, last, min(columns, default=1), max(columns, default=0), count, more)


def header_of(book: Book, part: Part, measured: Measure) -> Row:
    """Read the cells that name the columns."""
    return next((line for number, line in _lines(book, part, measured) if number == measured.header), [])


def lines(book: Book, part: Part, measured: Measure) -> Iterator[tuple[int, Row]]:
    """Read the lines of a part, each with the number of its row."""
    for number, line in _lines(book, part, measured):
        if measured.first <= number <= measured.last and number != measured.header:
            yield number, line


def _lines(book: Book, part: Part, measured: Measure) -> Iterator[tuple[int, Row]]:
    convert: Callable[[Value], JsonValue] = raw if part.raw else shown
    areas = _Merged([] if part.raw or part.formulas else book.merged(part.sheet), part.sheet)
    wanted = range(measured.left, measured.right + 1)
    for number, cells in book.rows(part.sheet, formulas=part.formulas):
        if number > measured.last and (measured.header is None or number > measured.header):
            return
        filled = areas.fill(number, cells, wanted)
        if any(column in wanted for column in cells):
            yield number, [convert(filled[column]) if column in filled else None for column in wanted]


class _Merged:
    """Fills merged cells with the value they show, row after row."""

    def __init__(self, areas: Sequence[Area], sheet: str) -> None:
        self._waiting = sorted((area for area in areas if area.size > 1), reverse=True)
        self._open: list[tuple[Area, Value | None]] = []
        self._filled = 0
        self._sheet = sheet

    def fill(self, number: int, cells: Cells, wanted: range) -> Cells:
        """Give the cells of a row with all that merged cells show there."""
        self._open = [(area, value) for area, value in self._open if area.bottom >= number]
        while self._waiting and self._waiting[-1].top <= number:
            area = self._waiting.pop()
            if area.bottom >= number:
                self._open.append((area, cells.get(area.left) if area.top == number else None))
        filled = dict(cells)
        for area, value in self._open:
            columns = range(max(area.left, wanted.start), min(area.right, wanted.stop - 1) + 1)
            self._filled += len(columns)
            if self._filled > _MOST_FILLED:
                raise InvalidFileError(f"sheet {self._sheet!r} merges far too many cells; unmerge them")
            for column in columns:
                if value is None:
                    filled.pop(column, None)
                else:
                    filled[column] = value
        return filled


def _clipped(book: Book, part: Part) -> Iterator[tuple[int, Cells]]:
    """Give the rows of a sheet as far as they are inside of the area."""
    area = part.area
    for number, cells in book.rows(part.sheet, formulas=part.formulas):
        if number > area.bottom:
            return
        if number >= area.top:
            inside = {column: value for column, value in cells.items() if area.left <= column <= area.right}
            if inside:
                yield number, inside


def _refuse_too_much(count: int, columns: set[int], most: int | None, sheet: str, shown_as: str) -> None:
    if most is not None and count * (max(columns) - min(columns) + 1) > most:
        raise ResultTooLargeError(
            f"sheet {sheet!r} of {shown_as!r} has more rows and columns than a step's output can hold; read it in "
            "pieces with 'skip' and 'limit', or make a CSV file of it with 'excel.to_csv'"
        )


def _refuse_uncalculated(cells: Cells, row: int, sheet: str, shown_as: str) -> None:
    for column, value in cells.items():
        if isinstance(value, Uncalculated):
            raise InvalidFileError(
                f"cell {address(row, column)} in sheet {sheet!r} of {shown_as!r} holds a formula that nobody has "
                "calculated; open the workbook in Excel and save it"
            )
