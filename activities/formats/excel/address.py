"""Where cells are: `B7`, `A1:C3`, `Sheet!B7`."""

from __future__ import annotations

import re

from activities.formats.excel.values import Area
from workflows.errors import InvalidParamsError

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_AREA = re.compile(r"(\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6})(?::(\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}))?")
_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
_ROWS = re.compile(r"\$?([1-9][0-9]{0,6}):\$?([1-9][0-9]{0,6})")


def area_of(text: str) -> Area:
    """Read an address: of a cell, of a range such as `A1:C3`, of whole columns (`A:C`) or rows (`2:5`).

    Raises:
        InvalidParamsError: it is none, or beyond the last row or column there can be.
    """
    wanted = text.strip()
    if found := _AREA.fullmatch(wanted):
        top, left = _place(found[1], text)
        bottom, right = _place(found[2] or found[1], text)
    elif found := _COLUMNS.fullmatch(wanted):
        top, bottom, left, right = 1, LAST_ROW, _column(found[1], text), _column(found[2], text)
    elif found := _ROWS.fullmatch(wanted):
        left, right, top, bottom = 1, LAST_COLUMN, _row(found[1], text), _row(found[2], text)
    else:
        raise InvalidParamsError(f"expected an address such as 'B7', 'A1:C3', 'A:C' or '2:5', found {text!r}")
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def cell_of(text: str) -> tuple[int, int]:
    """Read the address of one cell: its row and column.

    Raises:
        InvalidParamsError: it is none.
    """
    area = area_of(text)
    if area.size != 1:
        raise InvalidParamsError(f"expected the address of one cell such as 'B7', found {text!r}")
    return area.top, area.left


def letters(column: int) -> str:
    """Name a column."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def address(row: int, column: int) -> str:
    """Name a cell."""
    return f"{letters(column)}{row}"


def range_of(area: Area) -> str:
    """Name a rectangle of cells."""
    corner = address(area.top, area.left)
    return corner if area.size == 1 else f"{corner}:{address(area.bottom, area.right)}"


def _place(text: str, whole: str) -> tuple[int, int]:
    found = _CELL.fullmatch(text)
    if found is None:  # the wider pattern has matched before
        raise InvalidParamsError(f"expected an address such as 'B7', found {whole!r}")
    return _row(found[2], whole), _column(found[1], whole)


def _row(text: str, whole: str) -> int:
    row = int(text)
    if row > LAST_ROW:
        raise InvalidParamsError(f"expected an address, found {whole!r}: the last row is {LAST_ROW}")
    return row


def _column(text: str, whole: str) -> int:
    column = 0
    for letter in text.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    if column > LAST_COLUMN:
        raise InvalidParamsError(f"expected an address, found {whole!r}: the last column is {letters(LAST_COLUMN)}")
    return column
