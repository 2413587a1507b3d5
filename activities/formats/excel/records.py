"""The records that Excel's binary files consist of, as far as calamine does not tell what is in them."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import olefile
from defusedxml import ElementTree

from activities.formats.excel.values import ERRORS, Area
from activities.formats.excel.xls import Traces

_BOF, _EOF, _BOUNDSHEET = 0x809, 0x0A, 0x85
_FORMULA, _BOOLEAN_OR_ERROR, _MULTIPLE_RK, _MULTIPLE_BLANK = 0x06, 0x205, 0xBD, 0xBE
_CELLS = {_FORMULA, _BOOLEAN_OR_ERROR, 0x203, 0x204, 0x27E, 0xFD, 0xD6}
"""Formula, truth or error, number, label, RK, shared text, rich text."""
_NO_NUMBER = 0xFFFF
_RESULT_ERROR, _RESULT_BLANK = 2, 3
_CALCULATED_BY = 0x1C1
"""Says which version has calculated last: Excel and LibreOffice write it, libraries that calculate nothing do not."""

_ROW, _LAST_CELL, _MERGED, _BUNDLE = 0, 11, 176, 156
_ERROR_CELLS = {3, 11}
_CONTINUES = 0x80


def old_traces(path: Path) -> dict[str, Traces]:
    """Go through an old workbook (.xls)."""
    with olefile.OleFileIO(str(path)) as archive:
        name = "Workbook" if archive.exists("Workbook") else "Book"
        content = archive.openstream(name).read()
    found = {sheet: _old_sheet(content, start) for sheet, start in _old_sheets(content)}
    if any(kind == _CALCULATED_BY for kind, _ in _old_globals(content)):
        return {sheet: traces for sheet, (traces, _) in found.items()}
    for traces, blank in found.values():  # a library's: it writes that every formula gives an empty text
        traces.uncalculated = blank
    return {sheet: traces for sheet, (traces, _) in found.items()}


def _old_sheets(content: bytes) -> Iterator[tuple[str, int]]:
    for kind, body in _old_globals(content):
        if kind == _BOUNDSHEET:
            (start,) = struct.unpack_from("<I", body)
            length, wide = body[6], body[7] & 1
            text = body[8 : 8 + length * (2 if wide else 1)]
            yield text.decode("utf-16-le" if wide else "latin-1"), start


def _old_globals(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Give the records that tell of the workbook as a whole."""
    for kind, body in _old_records(content, 0):
        if kind == _EOF:
            return
        yield kind, body


def _old_sheet(content: bytes, start: int) -> tuple[Traces, list[tuple[int, int]]]:
    """Go through a sheet; give its formulas that are said to give an empty text, too."""
    traces = Traces()
    blank: list[tuple[int, int]] = []
    depth = 0
    for kind, body in _old_records(content, start):
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 0:
            break
        if depth > 1:  # a chart in the sheet
            continue
        if kind in _CELLS:
            row, column = struct.unpack_from("<HH", body)
            traces.take(row + 1, column + 1)
            if (error := _old_error(kind, body)) is not None:
                traces.errors[row + 1, column + 1] = ERRORS.get(error, "#N/A")
            elif kind == _FORMULA and _result(body) == _RESULT_BLANK:
                blank.append((row + 1, column + 1))
        elif kind == _MULTIPLE_RK:
            row, first = struct.unpack_from("<HH", body)
            (last,) = struct.unpack_from("<H", body, len(body) - 2)
            traces.take(row + 1, first + 1)
            traces.take(row + 1, last + 1)
    return traces, blank


def _result(body: bytes) -> int | None:
    """Tell what kind of result a formula has that is no number."""
    return body[6] if struct.unpack_from("<H", body, 12)[0] == _NO_NUMBER else None


def _old_error(kind: int, body: bytes) -> int | None:
    if kind == _BOOLEAN_OR_ERROR and body[7]:
        return body[6]
    if kind == _FORMULA and _result(body) == _RESULT_ERROR:
        return body[8]
    return None


def _old_records(content: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    place = start
    while place + 4 <= len(content):
        kind, length = struct.unpack_from("<HH", content, place)
        yield kind, content[place + 4 : place + 4 + length]
        place += 4 + length


def new_traces(path: Path) -> dict[str, Traces]:
    """Go through a binary workbook of today (.xlsb)."""
    with zipfile.ZipFile(path) as archive:
        related = ElementTree.fromstring(archive.read("xl/_rels/workbook.bin.rels"))
        targets = {each.get("Id"): str(each.get("Target")) for each in related}
        traces = {}
        for sheet, relation in _new_sheets(archive.read("xl/workbook.bin")):
            part = targets[relation]
            name = part.lstrip("/") if part.startswith("/") else str(PurePosixPath("xl", part))
            traces[sheet] = _new_sheet(archive.read(name))
        return traces


def _new_sheets(content: bytes) -> Iterator[tuple[str, str]]:
    """Give the name and the relation of each sheet."""
    for kind, body in _new_records(content):
        if kind == _BUNDLE:
            relation, end = _text(body, 8)
            yield _text(body, end)[0], relation


def _new_sheet(content: bytes) -> Traces:
    traces = Traces()
    row = 0
    for kind, body in _new_records(content):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", body)
        elif 1 < kind <= _LAST_CELL:
            (column,) = struct.unpack_from("<I", body)
            traces.take(row + 1, column + 1)
            if kind in _ERROR_CELLS:
                traces.errors[row + 1, column + 1] = ERRORS.get(body[8], "#N/A")
        elif kind == _MERGED:
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            traces.merged.append(Area(top + 1, left + 1, bottom + 1, right + 1))
    return traces


def _new_records(content: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(content):
        kind, place = _number(content, place, most=2)
        length, place = _number(content, place, most=4)
        yield kind, content[place : place + length]
        place += length


def _number(content: bytes, place: int, *, most: int) -> tuple[int, int]:
    """Read a number of seven bits a byte; give it and where the next thing is."""
    value = 0
    for position in range(most):
        byte = content[place + position]
        value |= (byte & ~_CONTINUES) << (7 * position)
        if not byte & _CONTINUES:
            return value, place + position + 1
    return value, place + most


def _text(body: bytes, place: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<I", body, place)
    end = place + 4 + 2 * length
    return body[place + 4 : end].decode("utf-16-le"), end
