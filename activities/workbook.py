"""Excel workbooks (.xlsx) as plain JSON values; the only module that knows how they are made."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Font
from openpyxl.styles.numbers import is_datetime
from openpyxl.utils import get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import JsonValue

from activities.secrets import masked
from activities.table import Row, text_of
from workflows.errors import InvalidFileError

warnings.filterwarnings("ignore", module="openpyxl")  # it comments on what it leaves out: charts, validations

_LARGEST = 200 * 1024 * 1024
"""Unpacked, in bytes: from there a workbook is more than a robot should take into its memory."""
_MOST_CELLS = 10_000_000
_MOST_MERGED = 1_500_000
"""More than a whole column."""
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([^\"']*)")
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"
_LONGEST_TEXT = 32_767
_EXACT = 10**15
"""From here on Excel makes up the last digits of whole numbers."""
_WIDEST = 60
_EMPTY_TEXT = "str"
"""How openpyxl types the text that a formula gave, where that text is empty."""
_FORMULA = re.compile(rb"<(?:\w+:)?f[ />]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one sheet of a workbook holds."""

    name: str
    rows: Mapping[int, Row]
    """The rows that hold anything by number from 1, all from the first to the last column that holds anything."""
    sheets: tuple[str, ...]
    """The names of all sheets of the workbook, in order."""


def read_sheet(path: Path, sheet: str | None, *, shown_as: str) -> Sheet:
    """Read one sheet of a workbook, by default the first one.

    Formulas count with the values that Excel kept for them; merged cells all count with the value they show.

    Raises:
        InvalidFileError: it is no workbook, lacks the sheet, or holds a formula that nobody has calculated.
    """
    with _opened(path, shown_as) as workbook:
        worksheet = _sheet_of(workbook, sheet, shown_as)
        rows = _rows_of(worksheet, shown_as)
        if _has_formulas(path):
            _refuse_uncalculated(path, worksheet, shown_as)
        return Sheet(worksheet.title, rows, tuple(each.title for each in workbook.worksheets))


@dataclass(frozen=True, slots=True)
class NewSheet:
    """What a sheet is to hold."""

    name: str
    header: Sequence[str] | None
    rows: Sequence[Row]


def write_sheet(path: Path, sheet: NewSheet, *, before: Path | None, shown_as: str) -> None:
    """Write a workbook of one sheet, or replace that sheet in a copy of the workbook there was before."""
    if before is None:
        workbook = Workbook()
        for empty in workbook.worksheets:
            workbook.remove(empty)
        _fill(workbook.create_sheet(sheet.name), sheet)
        workbook.save(path)
        return
    with _opened(before, shown_as, values=False) as workbook:
        position = len(workbook.sheetnames)
        for old in [each for each in workbook.worksheets if each.title.casefold() == sheet.name.casefold()]:
            position = workbook.index(old)
            workbook.remove(old)
        _fill(workbook.create_sheet(sheet.name, position), sheet)
        workbook.save(path)


@contextmanager
def _opened(path: Path, shown_as: str, *, values: bool = True) -> Iterator[Workbook]:
    try:
        _check_size(path, shown_as)
        _check_merged(path, shown_as)
        with path.open("rb") as file:
            workbook = openpyxl.load_workbook(file, data_only=values, keep_links=not values)
    except InvalidFileError:
        raise
    except Exception as error:  # a broken file trips openpyxl anywhere
        raise InvalidFileError(
            f"{shown_as!r} is no Excel workbook (.xlsx) that can be read{_guess(path)}; open it in Excel and save it"
        ) from error
    try:
        yield workbook
    finally:
        workbook.close()


def _check_size(path: Path, shown_as: str) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > _LARGEST:
        raise InvalidFileError(
            f"{shown_as!r} unpacks to {size // 2**20} MiB, more than the {_LARGEST // 2**20} MiB a robot takes into "
            "its memory; split it"
        )


def _check_merged(path: Path, shown_as: str) -> None:
    """Refuse what openpyxl would make a cell each of: one line of a file can merge a whole sheet."""
    with zipfile.ZipFile(path) as archive:
        found = (each for name in archive.namelist() for each in _MERGED.findall(archive.read(name)))
        merged = sum(_area(each.decode()) for each in found)
    if merged > _MOST_MERGED:
        raise InvalidFileError(
            f"{shown_as!r} merges {merged} cells, more than the {_MOST_MERGED} a robot takes into its memory; merge "
            "only cells that hold something"
        )


def _area(reference: str) -> int:
    size = CellRange(reference).size
    return int(size["rows"] * size["columns"])


def _guess(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(len(_OLD_FORMAT))
    return "; it looks like the old format .xls, or is protected by a password" if start == _OLD_FORMAT else ""


def _sheet_of(workbook: Workbook, name: str | None, shown_as: str) -> Worksheet:
    sheets = {each.title: each for each in workbook.worksheets}
    if not sheets:
        raise InvalidFileError(f"{shown_as!r} has no sheet with cells")
    if name is None:
        return next(iter(sheets.values()))
    by_folded_name = {title.casefold(): each for title, each in sheets.items()}
    found = sheets.get(name) or by_folded_name.get(name.casefold())
    if found is None:
        raise InvalidFileError(f"{shown_as!r} has no sheet {name!r}; it has {', '.join(map(repr, sheets))}")
    return found


def _rows_of(worksheet: Worksheet, shown_as: str) -> dict[int, Row]:
    # Only the cells that exist: one formatted cell at the far end must not make a million rows.
    cells = {
        place: cell
        for place, cell in worksheet._cells.items()  # noqa: SLF001 - there is no other way past the empty ones
        if isinstance(cell, Cell) and cell.value is not None
    }
    if not cells:
        return {}
    columns = [column for _, column in cells]
    first, last = min(columns), max(columns)
    numbers = sorted({row for row, _ in cells})
    if len(numbers) * (last - first + 1) > _MOST_CELLS:
        raise InvalidFileError(
            f"sheet {worksheet.title!r} of {shown_as!r} spans {len(numbers)} rows and {last - first + 1} columns, more "
            f"than {_MOST_CELLS} cells; split it"
        )
    rows: dict[int, Row] = {number: [None] * (last - first + 1) for number in numbers}
    for (row, column), cell in cells.items():
        rows[row][column - first] = _value_of(cell)
    _spread_merged(worksheet, rows, first, last)
    return rows


def _spread_merged(worksheet: Worksheet, rows: dict[int, Row], first: int, last: int) -> None:
    end = max(rows)
    for area in worksheet.merged_cells.ranges:
        if area.min_row not in rows or not first <= area.min_col <= last:
            continue
        value = rows[area.min_row][area.min_col - first]
        columns = slice(area.min_col - first, min(area.max_col, last) - first + 1)
        for number in range(area.min_row, min(area.max_row, end) + 1):
            if number in rows:
                rows[number][columns] = [value] * len(rows[number][columns])


def _value_of(cell: Cell) -> JsonValue:
    match cell.value:
        case bool() | int() | str() | None as plain:
            return plain
        case float(number):
            return int(number) if number.is_integer() and abs(number) < _EXACT else number
        case datetime() as moment:
            shows_time = is_datetime(cell.number_format) != "date" or moment.time() != time()
            return moment.isoformat() if shows_time else moment.date().isoformat()
        case date() | time() as part:
            return part.isoformat()
        case timedelta() as length:
            minutes, seconds = divmod(round(length.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case other:
            return str(other)


def _has_formulas(path: Path) -> bool:
    """Tell whether any sheet may hold formulas; most hold none, and looking closer takes as long as reading."""
    with zipfile.ZipFile(path) as archive:
        return any(
            _FORMULA.search(archive.read(name)) for name in archive.namelist() if name.startswith("xl/worksheets/")
        )


def _refuse_uncalculated(path: Path, values: Worksheet, shown_as: str) -> None:
    with path.open("rb") as file:
        formulas = openpyxl.load_workbook(file, read_only=True)[values.title]
        for row in formulas.rows:
            for cell in row:
                value = values[cell.coordinate] if cell.data_type == "f" else None
                if value is not None and value.value is None and value.data_type != _EMPTY_TEXT:
                    raise InvalidFileError(
                        f"cell {cell.coordinate} in sheet {values.title!r} of {shown_as!r} holds a formula that nobody "
                        "has calculated; open the workbook in Excel and save it"
                    )


def _fill(worksheet: Worksheet, sheet: NewSheet) -> None:
    if sheet.header:
        for column, name in enumerate(sheet.header, start=1):
            _put(worksheet, 1, column, name)
            worksheet.cell(1, column).font = Font(bold=True)
        worksheet.freeze_panes = "A2"
    for number, row in enumerate(sheet.rows, start=2 if sheet.header else 1):
        for column, value in enumerate(row, start=1):
            _put(worksheet, number, column, value)
    for column, cells in enumerate(worksheet.iter_cols(values_only=True), start=1):
        widest = max((len(str(value)) for value in cells if value is not None), default=0)
        worksheet.column_dimensions[get_column_letter(column)].width = min(max(widest + 2, 8), _WIDEST)


def _put(worksheet: Worksheet, row: int, column: int, value: JsonValue) -> None:
    match value:
        case None:
            return
        case bool() | float():
            worksheet.cell(row, column, value)
        case int() if abs(value) < _EXACT:
            worksheet.cell(row, column, value)
        case _:
            cell = worksheet.cell(row, column, _checked_text(text_of(value), f"{get_column_letter(column)}{row}"))
            cell.data_type = "s"  # text, whatever it begins with: what came from a page must not become a formula


def _checked_text(text: str, place: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise InvalidFileError(f"the text for cell {place} has {len(text)} characters; Excel takes {_LONGEST_TEXT}")
    found = ILLEGAL_CHARACTERS_RE.search(text)
    if found:
        raise InvalidFileError(
            f"the text for cell {place} holds {found.group()!r}, which no Excel cell can hold: {masked(text)[:40]!r}"
        )
    return text
