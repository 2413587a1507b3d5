"""Values looked for in a workbook, and the regions of cells around a place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from pydantic import JsonValue

from activities.formats.excel.address import LAST_COLUMN, LAST_ROW, cell_of, range_of
from activities.formats.excel.book import Workbook, opened
from activities.formats.excel.cells import names_of, place_of
from activities.formats.excel.sheet import MOST_VALUES, Part, lines, measure, sheet_of
from activities.formats.excel.table import Table, table_in
from activities.formats.excel.values import Area, Book
from activities.table import text_of
from workflows.errors import InvalidFileError, InvalidParamsError, ResultTooLargeError


@dataclass(frozen=True, slots=True)
class Hit:
    """A cell that holds what is looked for."""

    sheet: str
    row: int
    column: int
    value: JsonValue


def find(workbook: Workbook, sheet: str | None, area: Area, fits: Callable[[JsonValue], bool], most: int) -> list[Hit]:
    """Look through one sheet, or all, and give the first cells that fit, from the top of each."""
    with opened(workbook) as book:
        sheets = book.sheets if sheet is None else [sheet_of(book, sheet, shown_as=workbook.shown_as)]
        hits: list[Hit] = []
        for name in sheets:
            for hit in _hits(book, Part(name, area), fits, workbook.shown_as):
                hits.append(hit)
                if len(hits) == most:
                    return hits
        return hits


def _hits(book: Book, part: Part, fits: Callable[[JsonValue], bool], shown_as: str) -> Iterator[Hit]:
    lenient = replace(part, raw=False)
    measured = measure(book, replace(part, raw=True), shown_as=shown_as)
    for row, line in lines(book, lenient, measured):
        for column, value in enumerate(line, start=measured.left):
            if value is not None and fits(value):
                yield Hit(part.sheet, row, column, value)


def same_as(wanted: JsonValue) -> Callable[[JsonValue], bool]:
    """Whether a cell shows a value: text in any case, numbers by what they are."""
    text = text_of(wanted).casefold().strip()
    return lambda value: value == wanted or text_of(value).casefold().strip() == text


def containing(wanted: JsonValue) -> Callable[[JsonValue], bool]:
    """Whether a cell shows a text somewhere, in any case."""
    text = text_of(wanted).casefold()
    return lambda value: text in text_of(value).casefold()


def read_region(workbook: Workbook, place: str, sheet: str | None, part: Part) -> tuple[Table, str]:
    """Read a table by its name, a range, or all that is connected to one cell; give the records and where they are.

    Raises:
        InvalidFileError: nothing has this name, or nothing is there.
    """
    with opened(workbook) as book:
        try:
            name, area = place_of(book, place, sheet, shown_as=workbook.shown_as)
        except InvalidParamsError as error:
            raise InvalidFileError(
                f"{workbook.shown_as!r} has no table or range {place!r}; {names_of(book)}"
            ) from error
        if area.size == 1:
            area = _region(book, name, cell_of(range_of(area)), workbook.shown_as)
        found = table_in(book, replace(part, sheet=name, area=area), shown_as=workbook.shown_as)
        return found, f"{name}!{range_of(area)}"


def _region(book: Book, sheet: str, start: tuple[int, int], shown_as: str) -> Area:
    """Find the rectangle around a cell that empty rows and columns surround, as Excel's Ctrl+A does."""
    filled: set[tuple[int, int]] = set()
    for number, cells in book.rows(sheet):
        filled.update((number, column) for column in cells)
        if len(filled) > MOST_VALUES:
            raise ResultTooLargeError(
                f"sheet {sheet!r} of {shown_as!r} has too many cells; give a range such as 'A1:F200'"
            )
    rows, columns = _by_row(filled), _by_column(filled)
    area = Area(start[0], start[1], start[0], start[1])
    while (grown := _grown(area, rows, columns)) != area:
        area = grown
    if start not in filled and area.size == 1:
        raise InvalidFileError(f"there is nothing at or around {range_of(area)!r} in sheet {sheet!r} of {shown_as!r}")
    return area


def _grown(area: Area, rows: Mapping[int, set[int]], columns: Mapping[int, set[int]]) -> Area:
    """Take in the rows and columns next to an area that hold anything along it."""
    wide = range(max(area.left - 1, 1), min(area.right + 1, LAST_COLUMN) + 1)
    tall = range(max(area.top - 1, 1), min(area.bottom + 1, LAST_ROW) + 1)

    def any_in(cells: set[int], along: range) -> bool:
        return any(cell in cells for cell in along)

    return Area(
        area.top - any_in(rows.get(area.top - 1, set()), wide),
        area.left - any_in(columns.get(area.left - 1, set()), tall),
        area.bottom + any_in(rows.get(area.bottom + 1, set()), wide),
        area.right + any_in(columns.get(area.right + 1, set()), tall),
    )


def _by_row(filled: set[tuple[int, int]]) -> dict[int, set[int]]:
    rows: dict[int, set[int]] = {}
    for row, column in filled:
        rows.setdefault(row, set()).add(column)
    return rows


def _by_column(filled: set[tuple[int, int]]) -> dict[int, set[int]]:
    return _by_row({(column, row) for row, column in filled})
