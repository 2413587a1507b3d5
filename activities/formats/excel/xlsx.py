"""Workbooks of Excel as it saves them since 2007 (.xlsx, .xlsm), read row by row."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any

from defusedxml import ElementTree
from openpyxl.packaging.relationship import get_dependents
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE, is_datetime
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from typing_extensions import override

from activities.formats.excel.address import area_of
from activities.formats.excel.values import Area, Book, Cells, Uncalculated, Value, unescaped
from workflows.errors import InvalidFileError

warnings.filterwarnings("ignore", module="openpyxl")  # it comments on what it leaves out: charts, validations

LARGEST_STRINGS = 100 * 1024 * 1024
"""Unpacked, in bytes: all texts of a workbook are in memory together."""
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref\s*=\s*[\"']([^\"']*)")
_REFERENCE = re.compile(r"=?(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d+)?)")
"""Where a range of a name is: `Sheet!$A$1:$C$3`."""
_TABLE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/table"
_CHUNK = 1024 * 1024
_LONGEST_TAG = 200
_MOST_MERGED = 200_000
_EMPTY_TEXT = "str"
"""The type of the text that a formula gave, where that text is empty."""


@contextmanager
def open_xlsx(path: Path, *, shown_as: str) -> Iterator[Book]:
    """Open a workbook; its sheets are read when they are asked for."""
    _check_strings(path, shown_as)
    with path.open("rb") as file:
        reader = ExcelReader(file, read_only=True, keep_links=False)
        with reader.archive:
            reader.read_manifest()
            reader.read_strings()
            reader.read_workbook()
            apply_stylesheet(reader.archive, reader.wb)
            yield _Xlsx(reader, shown_as)


class _Xlsx(Book):
    """openpyxl's own way to read row by row begins with going through all sheets; this does not."""

    def __init__(self, reader: Any, shown_as: str) -> None:  # noqa: ANN401 - what openpyxl does not type
        self._reader = reader
        self._shown_as = shown_as
        self._parts: dict[str, str] = {}
        """Where in the archive each sheet is."""
        self._hidden: dict[str, bool] = {}
        for sheet, relation in reader.parser.find_sheets():
            if relation.Type.endswith("/worksheet") and relation.target in reader.valid_files:
                self._parts[sheet.name] = relation.target
                self._hidden[sheet.name] = sheet.state != "visible"
        self._merged: dict[str, list[Area]] = {}

    @property
    @override
    def sheets(self) -> Sequence[str]:
        return tuple(self._parts)

    @property
    @override
    def tells_formulas(self) -> bool:
        return True

    @override
    def is_hidden(self, sheet: str) -> bool:
        return self._hidden[sheet]

    @override
    def rows(self, sheet: str, *, formulas: bool = False) -> Iterator[tuple[int, Cells]]:
        book = self._reader.wb
        dated = {style for style in book._date_formats if self._is_date(style)}  # noqa: SLF001 - no other way
        with self._reader.archive.open(self._parts[sheet]) as source:
            parser = _Parser(
                source,
                self._reader.shared_strings,
                data_only=not formulas,
                epoch=book.epoch,
                date_formats=book._date_formats,  # noqa: SLF001 - the same
                timedelta_formats=book._timedelta_formats,  # noqa: SLF001 - the same
            )
            for number, cells in parser.parse():
                row = {
                    cell["column"]: _value_of(cell["value"], is_date=cell["style_id"] in dated)
                    for cell in cells
                    if cell["value"] is not None
                }
                if row:
                    yield number, row

    @override
    def merged(self, sheet: str) -> Sequence[Area]:
        if sheet not in self._merged:
            with self._reader.archive.open(self._parts[sheet]) as source:
                self._merged[sheet] = list(_merged_in(source))
            if len(self._merged[sheet]) > _MOST_MERGED:
                raise InvalidFileError(
                    f"sheet {sheet!r} of {self._shown_as!r} has more than {_MOST_MERGED} groups of merged cells; "
                    "unmerge them"
                )
        return self._merged[sheet]

    @override
    def names(self) -> Mapping[str, tuple[str, Area]]:
        found = dict(self._ranges())
        for sheet, part in self._parts.items():
            relations = PurePosixPath(part).parent / "_rels" / f"{PurePosixPath(part).name}.rels"
            if str(relations) in self._reader.valid_files:
                for relation in get_dependents(self._reader.archive, str(relations)).find(_TABLE):
                    table = ElementTree.fromstring(self._reader.archive.read(relation.target))
                    found[table.get("displayName", "")] = sheet, area_of(table.get("ref", ""))
        return found

    def _ranges(self) -> Iterator[tuple[str, tuple[str, Area]]]:
        for name in self._reader.parser.defined_names.definedName:
            reference = _REFERENCE.fullmatch(name.value or "")
            if reference is not None and not name.is_reserved:
                sheet = (reference[1] or "").replace("''", "'") or reference[2]
                if sheet in self._parts:
                    yield name.name, (sheet, area_of(reference[3]))

    def _is_date(self, style: int) -> bool:
        """Tell whether a format shows days without a time."""
        number = self._reader.wb._cell_styles[style].numFmtId  # noqa: SLF001 - no other way
        own = self._reader.wb._number_formats  # noqa: SLF001 - the same
        if number >= BUILTIN_FORMATS_MAX_SIZE:
            return bool(is_datetime(own[number - BUILTIN_FORMATS_MAX_SIZE]) == "date")
        return bool(is_datetime(BUILTIN_FORMATS.get(number, "General")) == "date")


class _Parser(WorkSheetParser):
    """Tells formulas that nobody has calculated from empty cells, and reads text as Excel shows it."""

    @override
    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        uncalculated = cell["value"] is None and element.get("t") != _EMPTY_TEXT
        if uncalculated and element.find(FORMULA_TAG) is not None:
            cell["value"] = Uncalculated()
        elif cell["data_type"] == "s" and isinstance(cell["value"], str):
            cell["value"] = unescaped(cell["value"])
        return cell


def _value_of(value: object, *, is_date: bool) -> Value:
    match value:
        case bool() | int() | float() | str() | Uncalculated():
            return value
        case datetime():
            return value.date() if is_date and value.time() == time() else value
        case date() | time() | timedelta():
            return value
        case ArrayFormula():
            return str(value.text)
        case DataTableFormula():
            return f"=TABLE({value.r1 or ''},{value.r2 or ''})"
        case other:
            return str(other)


def _merged_in(source: IO[bytes]) -> Iterator[Area]:
    """Find merged cells without taking the whole sheet apart."""
    rest = b""
    while chunk := source.read(_CHUNK):
        text = rest + chunk
        end = 0
        if b"mergeCell" in text:
            for found in islice(_MERGED.finditer(text), _MOST_MERGED + 1):
                yield area_of(found[1].decode())
                end = found.end()
        rest = text[max(end, len(text) - _LONGEST_TAG) :]


def _check_strings(path: Path, shown_as: str) -> None:
    with zipfile.ZipFile(path) as archive:
        strings = sum(part.file_size for part in archive.infolist() if part.filename.endswith("sharedStrings.xml"))
    if strings > LARGEST_STRINGS:
        raise InvalidFileError(
            f"the texts of {shown_as!r} unpack to {strings // 2**20} MiB, more than the {LARGEST_STRINGS // 2**20} MiB "
            "a robot takes into its memory; split it"
        )
