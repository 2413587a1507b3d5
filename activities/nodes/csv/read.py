"""Read a CSV file."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from activities.encoding import Encoding, decode
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.table import DELIMITER, Record, Records, Row, column_names
from workflows.errors import InvalidFileError, ResultTooLargeError
from workflows.spec import Effect

LARGEST = 16 * 1024 * 1024
"""More than any step's output can hold, in bytes."""


class Read(Params):
    """Which file to read, and how it is written."""

    path: str
    """The file, relative to the run's workspace."""
    delimiter: str = Field(default=",", pattern=DELIMITER)
    """What stands between two values, e.g. `;` or `"\\t"`."""
    header: bool = True
    """Whether the first row names the columns; else records are lists."""
    encoding: Encoding = "utf-8"
    """How the text is written; a byte-order mark is left out."""


class Table(Result):
    """What the file holds."""

    records: Records
    """The rows: mappings by column name, or lists without a header. All values are text."""
    count: int
    """How many there are."""
    columns: tuple[str, ...] | None
    """The names of the columns, in order; null without a header."""


@node("csv.read", needs=FILES, effect=Effect.READ, label="path")
async def read(workspace: Workspace, params: Read) -> Table:
    r"""Read the records of a CSV file.

    Values stay text, so that `00123` and `1.10` are what the file says. Blank lines are left out. A column without a
    name is named by its position (`column_3`), and the second `amount` becomes `amount_2`. Values missing at the end
    of a row are null; a row with more values than columns is an error that names its line.

    ```yaml
    - do: files.write
      with: {path: prices.csv, content: "item;price\nPen;1.10\n"}
    - id: prices
      do: csv.read
      with: {path: prices.csv, delimiter: ";"}
    - assert: "${{ prices.records[0].price == '1.10' }}"
    ```
    """
    size = workspace.entry(params.path).size
    if size > LARGEST:
        raise ResultTooLargeError(f"{params.path!r} has {size} bytes, too many for the output of a step; split it")
    async with workspace.reading(params.path) as path:
        return await asyncio.to_thread(_read, path, params)


def _read(path: Path, params: Read) -> Table:
    rows = _rows(decode(path.read_bytes(), params.encoding, path=params.path), params)
    if not params.header:
        plain: list[Row] = [row for _, row in rows]
        return Table(records=plain, count=len(plain), columns=None)
    _, header = next(rows, (0, []))
    names = column_names(header)
    records = [_record(names, row, f"{params.path!r}, line {line}") for line, row in rows]
    return Table(records=records, count=len(records), columns=tuple(names))


def _rows(text: str, params: Read) -> Iterator[tuple[int, Row]]:
    """Give each row that is not blank with the line it ends in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=params.delimiter, strict=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, list(row)
    except csv.Error as error:
        raise InvalidFileError(
            f"{params.path!r}, line {reader.line_num}: {error}; check the quotes around values"
        ) from error


def _record(names: list[str], row: Row, place: str) -> Record:
    if len(row) > len(names):
        raise InvalidFileError(
            f"{place}: the row has {len(row)} values, but the header names {len(names)} columns; values that hold the "
            "delimiter must be quoted"
        )
    return dict(zip(names, row + [None] * (len(names) - len(row)), strict=True))
