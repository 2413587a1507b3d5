"""CSV files between databases and the run's files."""

from __future__ import annotations

import asyncio
import codecs
import csv
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TextIO, TypeVar

from pydantic import JsonValue

from activities.sessions.database import Csv
from activities.table import Row, text_of
from workflows.errors import InvalidFileError

T = TypeVar("T")

_PIECE = 256 * 1024
_LINES = 1000


def header_of(source: Csv) -> list[str]:
    """Read the names of the columns; none where the file has no header.

    Raises:
        InvalidFileError: the file is empty or not written as said.
    """
    if not source.header:
        return []
    with opened(source) as file:
        names = next(csv.reader(file, delimiter=source.delimiter), None)
    if not names:
        raise InvalidFileError(f"{source.shown_as!r} is empty; expected a line with the names of columns")
    return names


async def pieces(source: Csv) -> AsyncIterator[bytes]:
    """Give the text of a file in UTF-8, piece by piece."""
    with await asyncio.to_thread(_open, source) as file, _readable(source):
        while text := await asyncio.to_thread(file.read, _PIECE):
            yield text.encode()


async def lines(rows: Iterable[Row]) -> AsyncIterator[bytes]:
    """Write rows as lines in which null differs from empty text: it alone stands without quotes."""
    waiting = iter(rows)
    while some := list(islice(waiting, _LINES)):
        yield "".join(f"{','.join(map(_cell, row))}\n" for row in some).encode()


def rows_in(source: Csv) -> Iterator[Row]:
    """Give the rows below the header; empty values are null, blank lines are left out."""
    with opened(source) as file:
        reader = csv.reader(file, delimiter=source.delimiter, strict=True)
        rows = ([cell or None for cell in row] for row in reader if row)
        yield from islice(rows, int(source.header), None)


def appended(target: Csv, rows: Iterable[Row]) -> None:
    """Write rows to the end of a file."""
    with target.path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=target.delimiter, lineterminator="\n")
        writer.writerows([text_of(cell) for cell in row] for row in rows)


@contextmanager
def opened(source: Csv) -> Iterator[TextIO]:
    """Have the text of a file."""
    with _open(source) as file, _readable(source):
        yield file


def wide(rows: Iterable[Sequence[T]], width: int) -> Iterator[Sequence[T]]:
    """Give rows that all have as many cells.

    Raises:
        InvalidFileError: one has more or fewer.
    """
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            raise InvalidFileError(f"row {number} has {len(row)} values, but there are {width} columns")
        yield row


def _open(source: Csv) -> TextIO:
    name = "utf-8-sig" if codecs.lookup(source.encoding).name == "utf-8" else source.encoding
    return source.path.open(encoding=name, newline="")


@contextmanager
def _readable(source: Csv) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as error:
        raise InvalidFileError(
            f"{source.shown_as!r} is not written in {source.encoding!r} (byte {error.start}); name its 'encoding'"
        ) from error
    except csv.Error as error:
        raise InvalidFileError(f"{source.shown_as!r} is no CSV file: {error}") from error


def _cell(value: JsonValue) -> str:
    return "" if value is None else '"' + text_of(value).replace('"', '""') + '"'
