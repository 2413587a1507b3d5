"""Rows of text with a mark between their values (CSV), read and written line by line."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import Field, JsonValue

from activities.encoding import DETECT, Encoding
from activities.formats.jsons import exact_number
from activities.formats.text import find_encoding
from activities.table import Row, text_of
from workflows.errors import InvalidFileError

DecimalMark: TypeAlias = Annotated[str, Field(pattern="^[.,]$")]
"""What stands before the decimals of a number."""

_DELIMITERS = (",", ";", "\t", "|")
"""Those that are recognised, the more usual ones first."""
_LOOKED_AT = 100
_LONGEST_VALUE = 16 * 1024 * 1024
_NUMBER = (
    r"(?P<sign>[-+\u2212]?)"
    r"(?P<whole>0|[1-9]\d{{0,14}}|[1-9]\d{{0,2}}(?:(?P<group>{group})\d{{3}}(?:(?P=group)\d{{3}}){{0,3}}))"
)
_DECIMALS = r"(?:{mark}(?P<decimals>\d+))?(?P<behind>-?)"
_APART = r"['\u2019\u00a0\u202f]"
"""What Swiss, French and others write between thousands."""
_NUMBERS = {
    ".": re.compile(_NUMBER.format(group=f"(?:,|{_APART})") + _DECIMALS.format(mark=r"\.")),
    ",": re.compile(_NUMBER.format(group=f"(?:\\.|{_APART}| (?=[\\d ]*,))") + _DECIMALS.format(mark=",")),
}
"""Numbers as people write them; what begins with zeros or has too many digits is a name."""
_WITH_DECIMALS = re.compile(r"[-+]?[\d.,]*\d([.,])\d+")
_NO_DIGIT = re.compile(r"\D")
_HINT = re.compile(r"sep=([^\"\r\n])\r?\n")
"""A first line that tells Excel the delimiter, and is no row."""
_CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""What workbooks begin with."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written."""

    delimiter: str = ","
    encoding: Encoding = "utf-8"
    newline: str = "\r\n"


def detect(path: Path, *, delimiter: str, encoding: str, shown_as: str) -> Dialect:
    """Find out how a file is written, as far as it is not said."""
    with path.open("rb") as content:
        if content.read(4) in _CONTAINERS:
            raise InvalidFileError(f"{shown_as!r} is a workbook or an archive, no CSV file; read it with 'excel.read'")
    found = Dialect(encoding=find_encoding(path) if encoding == DETECT else encoding)
    with _text(path, found, shown_as) as file:
        sample = file.read(_LONGEST_VALUE // 64)
    newline = "\r\n" if "\r\n" in sample or "\n" not in sample else "\n"
    return Dialect(_delimiter(sample) if delimiter == DETECT else delimiter, found.encoding, newline)


def _delimiter(sample: str) -> str:
    """Take the mark that gives most lines the same number of values, and more than one, or that the file tells."""
    if hint := _HINT.match(sample):
        return hint[1]
    scores = {mark: _score(sample, mark) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: scores[mark])


def _score(sample: str, mark: str) -> tuple[float, int]:
    widths: list[int] = []
    try:
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=mark, strict=True):
            if row:
                widths.append(len(row))
            if len(widths) == _LOOKED_AT:
                break
    except csv.Error:
        widths = widths[:-1]
    if not widths or widths[0] == 1:
        return 0.0, 0
    return widths.count(widths[0]) / len(widths), widths[0]


def read_rows(path: Path, dialect: Dialect, *, shown_as: str) -> Iterator[tuple[int, list[str]]]:
    """Give each row that is not blank with the line it ends in.

    Raises:
        InvalidFileError: the file is not text of its encoding, or a quote is wrong.
    """
    csv.field_size_limit(_LONGEST_VALUE)
    with _text(path, dialect, shown_as) as file:
        reader = csv.reader(file, delimiter=dialect.delimiter, strict=True)
        try:
            for row in reader:
                is_hint = reader.line_num == 1 and _HINT.fullmatch(f"{dialect.delimiter.join(row)}\n")
                if row and not is_hint:
                    yield reader.line_num, row
        except csv.Error as error:
            raise InvalidFileError(
                f"{shown_as!r}, line {reader.line_num}: {error}; check the quotes around values"
            ) from error


def write_rows(path: Path, rows: Iterable[Row], dialect: Dialect, decimal: DecimalMark, *, shown_as: str) -> int:
    """Write rows, or add them to those of the file; give how many there were.

    Raises:
        InvalidFileError: the encoding has no way to write some character.
    """
    count = 0
    try:
        with path.open("a", encoding=dialect.encoding, newline="") as file:
            writer = csv.writer(file, delimiter=dialect.delimiter, lineterminator=dialect.newline)
            for row in rows:
                writer.writerow([_written(cell, decimal) for cell in row])
                count += 1
    except UnicodeEncodeError as error:
        raise InvalidFileError(
            f"{shown_as!r} cannot be written as {dialect.encoding}: it has no {error.object[error.start]!r}; "
            "use 'utf-8'"
        ) from error
    return count


def to_go_on(path: Path, dialect: Dialect) -> Dialect:
    """End the last line of a file, where it has no end, and say how lines after it are written."""
    with path.open("rb") as file:
        start = file.read(len(codecs.BOM_UTF32_BE))
        swapped = {"utf-16": codecs.BOM_UTF16_BE, "utf-32": codecs.BOM_UTF32_BE}.get(dialect.encoding)
        plain = dialect.encoding.removesuffix("-sig") + ("-be" if swapped and start.startswith(swapped) else "")
        mark = "\n".encode(plain).removeprefix(codecs.BOM_UTF16).removeprefix(codecs.BOM_UTF32)
        file.seek(max(0, path.stat().st_size - len(mark)))
        ended = file.read() == mark
    with path.open("a", encoding=plain, newline="") as text:
        text.write("" if ended else dialect.newline)
    return Dialect(dialect.delimiter, plain, dialect.newline)


def number_of(text: str, decimal: DecimalMark) -> JsonValue:
    """Give the number that a text is, written with this decimal mark; the text itself if it is none."""
    found = _NUMBERS[decimal].fullmatch(text)
    if found is None or (found["sign"] and found["behind"]):
        return text
    sign = "-" if found["sign"] in {"-", "\u2212"} or found["behind"] else ""
    whole = sign + _NO_DIGIT.sub("", found["whole"])
    if found["decimals"] is None:
        return int(whole)
    number = exact_number(f"{whole}.{found['decimals']}")
    return number if isinstance(number, float) else text


def decimal_mark(path: Path, dialect: Dialect, *, shown_as: str) -> DecimalMark:
    """Tell which mark the numbers of a file have before their decimals, as far as its first rows show."""
    rows = islice(read_rows(path, dialect, shown_as=shown_as), _LOOKED_AT)
    marks = [found[1] for _, row in rows for cell in row if (found := _WITH_DECIMALS.fullmatch(cell))]
    return "," if marks and marks.count(",") > marks.count(".") else "."


def _written(cell: JsonValue, decimal: DecimalMark) -> str:
    text = text_of(cell)
    return text.replace(".", decimal) if isinstance(cell, float) else text


@contextmanager
def _text(path: Path, dialect: Dialect, shown_as: str) -> Iterator[io.TextIOWrapper]:
    name = "utf-8-sig" if dialect.encoding == "utf-8" else dialect.encoding
    with path.open(encoding=name, newline="") as file:
        try:
            yield file
        except UnicodeDecodeError as error:
            raise InvalidFileError(
                f"{shown_as!r} is not {dialect.encoding} text: it has the byte 0x{error.object[error.start]:02x} where "
                "none can be; say which 'encoding' it has (often 'cp1252')"
            ) from error
