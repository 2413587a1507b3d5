"""What a cell of a spreadsheet holds, and how a run sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol, TypeAlias

from pydantic import JsonValue

EXACT = 10**15
"""From here on Excel makes up the last digits of whole numbers."""
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no zones
_DAY = timedelta(days=1)
_ESCAPED = re.compile("_x((?![dD][89a-fA-F])[0-9a-fA-F]{4})_")
"""Halves of characters stand for nothing by themselves."""
ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
    43: "#GETTING_DATA",
}
"""What a cell shows for the number of an error."""


@dataclass(frozen=True, slots=True)
class Uncalculated:
    """What a formula gives that nobody has calculated."""


Value: TypeAlias = str | int | float | bool | date | time | timedelta | Uncalculated
Cells: TypeAlias = dict[int, Value]
"""The cells of one row that hold anything, by column from 1."""


@dataclass(frozen=True, slots=True, order=True)
class Area:
    """A rectangle of cells, counted from 1, its last row and column included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def size(self) -> int:
        """How many cells it has."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)


def unescaped(text: str) -> str:
    """Read text as Excel writes it into .xlsx: `_x000D_` stands for the character of this number."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def escaped(text: str) -> str:
    """Write text so that Excel shows it as it is."""
    return _ESCAPED.sub(lambda found: f"_x005F{found[0]}", text) if "_x" in text else text


class Book(Protocol):
    """A workbook to read from, whatever its format."""

    @property
    def sheets(self) -> Sequence[str]:
        """The names of the sheets that have cells, in order."""

    @property
    def tells_formulas(self) -> bool:
        """Whether formulas can be read, and not only what they give."""

    def is_hidden(self, sheet: str) -> bool:
        """Tell whether people do not see a sheet."""

    def rows(self, sheet: str, *, formulas: bool = False) -> Iterator[tuple[int, Cells]]:
        """Give the rows that hold anything from the top, numbered from 1; with `formulas`, these instead of results."""

    def merged(self, sheet: str) -> Sequence[Area]:
        """Which cells are merged."""

    def names(self) -> Mapping[str, tuple[str, Area]]:
        """The tables and ranges that have names: in which sheet, and where; of formats that do not tell, none."""


def shown(value: Value) -> JsonValue:
    """Give a value as people read it: dates as ISO text, whole numbers without a point."""
    match value:
        case bool() | int() | str():
            return value
        case float():
            return int(value) if value.is_integer() and abs(value) < EXACT else value
        case date() | time():
            return value.isoformat()
        case timedelta():
            length = round(value.total_seconds())
            minutes, seconds = divmod(abs(length), 60)
            return f"{'-' if length < 0 else ''}{minutes // 60}:{minutes % 60:02}:{seconds:02}"
        case Uncalculated():
            return None


def raw(value: Value) -> JsonValue:
    """Give a value as spreadsheets reckon with it: days since 1899-12-30 for dates, fractions of a day for times."""
    match value:
        case datetime():
            return shown((value - _EPOCH) / _DAY)
        case date():
            return (value - _EPOCH.date()).days
        case time():
            since = timedelta(
                hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond
            )
            return since / _DAY
        case timedelta():
            return shown(value / _DAY)
        case _:
            return shown(value)
