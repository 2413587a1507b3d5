"""Values put into the cells of a sheet that is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.formula.tokenizer import Token, Tokenizer, TokenizerError
from openpyxl.styles import Font
from openpyxl.styles.numbers import is_datetime
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import JsonValue

from activities.formats.excel.address import address
from activities.formats.excel.new_sheet import NewSheet
from activities.formats.excel.values import EXACT, escaped
from activities.secrets import masked
from activities.table import text_of
from workflows.errors import InvalidFileError, InvalidParamsError

_LONGEST_TEXT = 32_767
_LONGEST_FORMULA = 8_192
_FIRST_YEAR = 1900
"""Excel has no dates before."""
_SHOWN = 60
_WIDEST = 60
_NARROWEST = 8


def fill(worksheet: Worksheet, sheet: NewSheet) -> None:
    """Write a header in bold that stays in sight, the rows below it, and make the columns wide enough."""
    if sheet.header:
        for column, name in enumerate(sheet.header, start=1):
            put(worksheet, 1, column, name)
            worksheet.cell(1, column).font = Font(bold=True)
        worksheet.freeze_panes = "A2"
    formats = {column_number(name, sheet.header): code for name, code in sheet.formats.items()}
    for number, row in enumerate(sheet.rows, start=2 if sheet.header else 1):
        for column, value in enumerate(row, start=1):
            put(worksheet, number, column, value, formats.get(column))
    for column, cells in enumerate(worksheet.iter_cols(values_only=True), start=1):
        widest = max((len(str(value)) for value in cells if value is not None), default=0)
        width = min(max(widest + 2, _NARROWEST), _WIDEST)
        worksheet.column_dimensions[get_column_letter(column)].width = width
    for name, wished in sheet.widths.items():
        letter = get_column_letter(column_number(name, sheet.header))
        worksheet.column_dimensions[letter].width = wished


def column_number(name: str, header: Sequence[str] | None) -> int:
    """Find a column by its name in the header or by its letters.

    Raises:
        InvalidFileError: there is no such column.
    """
    if header and name in header:
        return list(header).index(name) + 1
    if name.isascii() and name.isalpha() and name.isupper() and len(name) <= 3:  # noqa: PLR2004 - XFD is the last one
        number = 0
        for letter in name:
            number = number * 26 + ord(letter) - ord("A") + 1
        return number
    known = f"; there are {', '.join(map(repr, header))}" if header else ""
    raise InvalidFileError(f"there is no column {name!r}{known}; name one of them, or give its letters such as 'C'")


def put(worksheet: Worksheet, row: int, column: int, value: JsonValue, code: str | None = None) -> None:
    """Write one value; text stays text, but is a date where the number format shows one and the text is ISO."""
    place = address(row, column)
    cell = worksheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise InvalidFileError(
            f"cell {place} of sheet {worksheet.title!r} is inside of merged cells; write to the first of them"
        )
    moment = _moment(value, code) if isinstance(value, str) and code is not None and is_datetime(code) else None
    match value:
        case _ if moment is not None:
            cell.value = moment
        case None:
            cell.value = None
        case bool() | float():
            cell.value = value
        case int() if abs(value) < EXACT:
            cell.value = value
        case _:
            cell.value = escaped(_checked_text(text_of(value), place))
            cell.data_type = "s"  # text, whatever it begins with: what came from a page must not become a formula
    if code is not None:
        cell.number_format = code


def put_formula(worksheet: Worksheet, row: int, column: int, formula: str) -> None:
    """Write a formula, as Excel writes them in English."""
    place = address(row, column)
    cell = worksheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise InvalidFileError(
            f"cell {place} of sheet {worksheet.title!r} is inside of merged cells; write to the first of them"
        )
    if len(formula) > _LONGEST_FORMULA:
        raise InvalidFileError(
            f"the formula for cell {place} has {len(formula)} characters; Excel takes {_LONGEST_FORMULA}"
        )
    _check_formula(formula, place)
    cell.value = _checked_text(formula, place)


def _check_formula(formula: str, place: str) -> None:
    """Refuse what Excel would not open the workbook for."""
    try:
        tokens = Tokenizer(formula).items
    except (TokenizerError, IndexError) as error:
        raise InvalidParamsError(f"the formula for cell {place} cannot be read; check its quotes: {error}") from error
    depth = rows = 0
    for token in tokens:
        change = {Token.OPEN: 1, Token.CLOSE: -1}.get(token.subtype, 0)
        depth += change
        rows += change if token.type == Token.ARRAY else 0
        if token.type == Token.SEP and token.value == ";" and not rows:
            raise InvalidParamsError(
                f"the formula for cell {place} has ';' between arguments; write ',' as the files of Excel do everywhere"
            )
    if depth:
        raise InvalidParamsError(f"the formula for cell {place} lacks a parenthesis: {formula[:_SHOWN]!r}")


def _moment(text: str, code: str) -> date | time | None:
    """Read an ISO date, date and time, or time of the day."""
    try:
        if is_datetime(code) == "time":
            return time.fromisoformat(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is None and moment.year >= _FIRST_YEAR else None


def _checked_text(text: str, place: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise InvalidFileError(f"the text for cell {place} has {len(text)} characters; Excel takes {_LONGEST_TEXT}")
    found = ILLEGAL_CHARACTERS_RE.search(text)
    if found:
        raise InvalidFileError(
            f"the text for cell {place} holds {found.group()!r}, which no Excel cell can hold: {masked(text)[:40]!r}"
        )
    return text
