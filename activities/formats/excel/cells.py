"""Single cells and ranges of a workbook, by their addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import JsonValue

from activities.formats.excel.address import address, area_of, cell_of, range_of
from activities.formats.excel.book import Workbook, opened
from activities.formats.excel.edit import Change, changed, worksheet_of
from activities.formats.excel.sheet import MOST_VALUES, Part, lines, measure, sheet_of
from activities.formats.excel.values import Area, Book
from activities.table import Row
from workflows.errors import InvalidFileError, InvalidParamsError, ResultTooLargeError

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

_WIDEST, _LONGEST = 1_000, 100_000
"""Larger areas, such as whole columns, end with the last cell that holds anything."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cells to read, and how."""

    places: Sequence[str]
    sheet: str | None
    formulas: bool
    raw: bool


def read_cells(workbook: Workbook, wanted: Wanted) -> dict[str, JsonValue]:
    """Read cells and ranges: one value for a cell, a list of rows for a range.

    A place is an address, one with its sheet (`Sheet!B7`), or a name that the workbook gives to cells.
    """
    with opened(workbook) as book:
        if wanted.formulas and not book.tells_formulas:
            raise InvalidFileError(
                f"the formulas of {workbook.shown_as!r} cannot be read, only what they give: leave out 'formulas', or "
                "save it as .xlsx"
            )
        return {place: _read(book, place, wanted, workbook.shown_as) for place in wanted.places}


def place_of(book: Book, place: str, sheet: str | None, *, shown_as: str) -> tuple[str, Area]:
    """Find the cells that an address or a name means.

    Raises:
        InvalidFileError: there is no such sheet.
        InvalidParamsError: it is neither.
    """
    named, mark, inside = place.rpartition("!")
    try:
        area = area_of(inside)
    except InvalidParamsError:
        found = {name.casefold(): where for name, where in book.names().items()}.get(place.casefold())
        if found is None:
            raise InvalidParamsError(
                f"expected an address such as 'B7', 'A1:C3', 'A:C' or '2:5', or the name of one range, found {place!r}"
                f"; {names_of(book)}"
            ) from None
        return found
    wanted = named.removeprefix("'").removesuffix("'").replace("''", "'") if mark else sheet
    return sheet_of(book, wanted, shown_as=shown_as), area


def names_of(book: Book) -> str:
    """Say which names a workbook gives to cells."""
    names = book.names()
    return f"it names {', '.join(map(repr, names))}" if names else "it has no names"


def _read(book: Book, place: str, wanted: Wanted, shown_as: str) -> JsonValue:
    sheet, area = place_of(book, place, wanted.sheet, shown_as=shown_as)
    part = Part(sheet, area, raw=wanted.raw, formulas=wanted.formulas)
    rows = _block(book, part, shown_as)
    if area.size == 1:
        return rows[0][0]
    return [*rows]


def _block(book: Book, part: Part, shown_as: str) -> list[Row]:
    """Give the rows of an area, as long as there is anything below."""
    area = part.area
    merged = [] if part.raw or part.formulas else book.merged(part.sheet)
    corner = next((each for each in merged if _covers(each, area)), None)
    if corner is not None:  # a cell inside of merged cells shows what the first of them holds
        part = Part(part.sheet, Area(corner.top, corner.left, corner.top, corner.left), raw=part.raw)
        return [[next((line[0] for _, line in lines(book, part, measure(book, part, shown_as=shown_as))), None)]]
    measured = measure(book, part, shown_as=shown_as, most=MOST_VALUES)
    whole = area.right - area.left + 1
    right = area.right if whole <= _WIDEST else max(measured.right, area.left)
    bottom = area.bottom if area.bottom - area.top < _LONGEST else max(measured.last, area.top)
    if (bottom - area.top + 1) * (right - area.left + 1) > MOST_VALUES:
        raise ResultTooLargeError(f"{range_of(area)!r} has more cells than a step's output can hold; ask for less")
    before: Row = [None] * (measured.left - area.left)
    after: Row = [None] * (right - max(measured.right, area.left - 1))
    found = {number: before + line + after for number, line in lines(book, part, measured)}
    empty: Row = [None] * (right - area.left + 1)
    return [found.get(number, list(empty)) for number in range(area.top, bottom + 1)]


def _covers(merged: Area, area: Area) -> bool:
    return (
        area.size == 1
        and merged.top <= area.top <= merged.bottom
        and merged.left <= area.left <= merged.right
        and (merged.top, merged.left) != (area.top, area.left)
    )


@dataclass(frozen=True, slots=True)
class Writing:
    """What to write into which cells."""

    sheet: str | None
    values: Mapping[str, JsonValue]
    """By address: a value, or rows of values that begin at the first cell."""
    formulas: Mapping[str, str]
    formats: Mapping[str, str]
    bold: Sequence[str]
    widths: Mapping[str, float]


def write_cells(change: Change, writing: Writing) -> tuple[str, int]:
    """Write into cells; give the sheet and how many cells were written."""
    from activities.formats.excel.fill import put, put_formula  # noqa: PLC0415 - slow to load

    with changed(change) as workbook:
        if workbook.worksheets:
            worksheet = worksheet_of(workbook, writing.sheet, shown_as=change.shown_as)
        else:
            worksheet = workbook.create_sheet(writing.sheet or "Sheet1")
        codes = {place: area_of(place) for place in writing.formats}
        count = 0
        for place, value in writing.values.items():
            for (row, column), single in _spread(place, value).items():
                put(worksheet, row, column, single, _code(codes, writing.formats, row, column))
                count += 1
        for place, formula in writing.formulas.items():
            put_formula(worksheet, *cell_of(place), formula)
        _decorate(worksheet, writing)
        return worksheet.title, count + len(writing.formulas)


def _spread(place: str, value: JsonValue) -> dict[tuple[int, int], JsonValue]:
    """Give each cell its value: a list of lists goes down and to the right from the first cell."""
    area = area_of(place)
    if not isinstance(value, list):
        if area.size > MOST_VALUES:
            raise InvalidParamsError(f"{place!r} has {area.size} cells, more than a step can write")
        rows, columns = range(area.top, area.bottom + 1), range(area.left, area.right + 1)
        return {(row, column): value for row in rows for column in columns}
    lists = [line if isinstance(line, list) else [line] for line in value]
    spread = {
        (area.top + down, area.left + right): single
        for down, line in enumerate(lists)
        for right, single in enumerate(line)
    }
    fits = all(row <= area.bottom and column <= area.right for row, column in spread)
    if area.size > 1 and not fits:
        raise InvalidParamsError(
            f"the rows for {place!r} reach to {address(*max(spread))}; give the first cell only, or fewer values"
        )
    return spread


def _code(areas: Mapping[str, Area], formats: Mapping[str, str], row: int, column: int) -> str | None:
    for place, area in areas.items():
        if area.top <= row <= area.bottom and area.left <= column <= area.right:
            return formats[place]
    return None


def _decorate(worksheet: Worksheet, writing: Writing) -> None:
    from openpyxl.styles import Font  # noqa: PLC0415 - slow to load

    for place, code in writing.formats.items():
        for cell in _cells(worksheet, place):
            cell.number_format = code
    for place in writing.bold:
        for cell in _cells(worksheet, place):
            cell.font = Font(bold=True)
    for column, width in writing.widths.items():
        worksheet.column_dimensions[column].width = width


def _cells(worksheet: Worksheet, place: str) -> Iterator[Cell | MergedCell]:
    """Give the cells of an area; of a large one, such as a whole column, as far as the sheet goes."""
    area = area_of(place)
    bottom = min(area.bottom, max(area.top, worksheet.max_row)) if area.bottom - area.top > _LONGEST else area.bottom
    right = min(area.right, max(area.left, worksheet.max_column)) if area.right - area.left > _WIDEST else area.right
    for row in worksheet.iter_rows(area.top, bottom, area.left, right):
        yield from row
