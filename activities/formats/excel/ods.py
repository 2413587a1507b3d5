"""Spreadsheets of LibreOffice and OpenOffice (.ods), read row by row."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse
from typing_extensions import override

from activities.formats.excel.address import LAST_COLUMN, LAST_ROW
from activities.formats.excel.values import Area, Book, Cells, Uncalculated, Value

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_DURATION = re.compile(r"P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")
_MOST_MERGED = 200_000


@contextmanager
def open_ods(path: Path) -> Iterator[Book]:
    """Open a spreadsheet; its sheets are read when they are asked for."""
    yield _Ods(path)


class _Ods(Book):
    def __init__(self, path: Path) -> None:
        self._path = path
        hidden: set[str | None] = set()
        self._sheets: dict[str, bool] = {}
        for event, element in self._events():
            if event == "end" and element.tag == f"{_STYLE}style":
                properties = element.find(f"{_STYLE}table-properties")
                if properties is not None and properties.get(f"{_TABLE}display") == "false":
                    hidden.add(element.get(f"{_STYLE}name"))
            elif event == "start" and element.tag == f"{_TABLE}table":
                self._sheets[element.get(f"{_TABLE}name", "")] = element.get(f"{_TABLE}style-name") in hidden
            elif event == "end" and element.tag == f"{_TABLE}table-row":
                element.clear()

    @property
    @override
    def sheets(self) -> Sequence[str]:
        return tuple(self._sheets)

    @property
    @override
    def tells_formulas(self) -> bool:
        return False

    @override
    def is_hidden(self, sheet: str) -> bool:
        return self._sheets[sheet]

    @override
    def rows(self, sheet: str, *, formulas: bool = False) -> Iterator[tuple[int, Cells]]:
        for number, repeated, element in self._rows(sheet):
            cells = _cells_of(element)
            if cells:
                yield from ((row, cells) for row in range(number, min(number + repeated, LAST_ROW + 1)))

    @override
    def merged(self, sheet: str) -> Sequence[Area]:
        areas: list[Area] = []
        for number, _, element in self._rows(sheet):
            for column, _, cell in _places(element):
                down = int(cell.get(f"{_TABLE}number-rows-spanned", 1))
                across = int(cell.get(f"{_TABLE}number-columns-spanned", 1))
                if down * across > 1 and len(areas) < _MOST_MERGED:
                    areas.append(Area(number, column, number + down - 1, column + across - 1))
        return areas

    @override
    def names(self) -> Mapping[str, tuple[str, Area]]:
        return {}

    def _rows(self, sheet: str) -> Iterator[tuple[int, int, Element]]:
        """Give the rows of a sheet: the number, how often it is repeated, and what it holds."""
        inside = False
        number = 1
        for event, element in self._events():
            if element.tag == f"{_TABLE}table":
                if event == "end" and inside:
                    return
                inside = element.get(f"{_TABLE}name") == sheet
            elif event == "end" and element.tag == f"{_TABLE}table-row":
                repeated = int(element.get(f"{_TABLE}number-rows-repeated", 1))
                if inside:
                    yield number, repeated, element
                    number += repeated
                element.clear()

    def _events(self) -> Iterator[tuple[str, Element]]:
        with zipfile.ZipFile(self._path) as archive, archive.open("content.xml") as content:
            yield from iterparse(content, events=("start", "end"))


def _cells_of(row: Element) -> Cells:
    cells: Cells = {}
    for column, repeated, cell in _places(row):
        value = _value_of(cell)
        if value is not None:
            cells.update(dict.fromkeys(range(column, column + repeated), value))
    return cells


def _places(row: Element) -> Iterator[tuple[int, int, Element]]:
    """Give the cells of a row: the column, how often it is repeated, and what it holds."""
    column = 1
    for cell in row:
        if cell.tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            repeated = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
            yield column, min(repeated, LAST_COLUMN - column + 1), cell
            column += repeated
        if column > LAST_COLUMN:
            return


def _value_of(cell: Element) -> Value | None:
    text = "\n".join("".join(_words(line)) for line in cell.findall(f"{_TEXT}p"))
    match cell.get(f"{_CALC}value-type") or cell.get(f"{_OFFICE}value-type"):
        case "error":
            return text or "#N/A"
        case "float" | "percentage" | "currency":
            number = float(cell.get(f"{_OFFICE}value", "nan"))
            return text if number != number else number  # noqa: PLR0124 - what is no number
        case "boolean":
            return cell.get(f"{_OFFICE}boolean-value") == "true"
        case "date":
            return _moment(cell.get(f"{_OFFICE}date-value", "")) or text
        case "time":
            return _length(cell.get(f"{_OFFICE}time-value", "")) or text
        case kind:
            return _text_of(cell, kind, text)


def _text_of(cell: Element, kind: str | None, shown: str) -> Value | None:
    if kind is None:
        return Uncalculated() if cell.get(f"{_TABLE}formula") else None
    return cell.get(f"{_OFFICE}string-value") or shown or None


def _words(line: Element) -> Iterator[str]:
    """Give the text of a line with its spaces, tabs and breaks; comments are no part of it."""
    yield line.text or ""
    for part in line:
        match part.tag:
            case name if name == f"{_TEXT}s":
                yield " " * min(int(part.get(f"{_TEXT}c", 1)), 10_000)
            case name if name == f"{_TEXT}tab":
                yield "\t"
            case name if name == f"{_TEXT}line-break":
                yield "\n"
            case name if name != f"{_OFFICE}annotation":
                yield from _words(part)
        yield part.tail or ""


def _moment(written: str) -> date | None:
    try:
        if "T" in written:
            return datetime.fromisoformat(written)
        return date.fromisoformat(written)
    except ValueError:
        return None


def _length(written: str) -> time | timedelta | None:
    found = _DURATION.fullmatch(written)
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if length < timedelta(days=1):
        return time(length.seconds // 3600, length.seconds // 60 % 60, length.seconds % 60)
    return length
