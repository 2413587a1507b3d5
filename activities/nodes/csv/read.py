"""Read a CSV file."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

from pydantic import Field

from activities.encoding import DETECT, EncodingOrAuto
from activities.formats.delimited import DecimalMark, Dialect, detect, number_of, read_rows
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.table import DELIMITER_OR_AUTO, Record, Records, Row, column_names
from workflows.errors import InvalidFileError, ResultTooLargeError
from workflows.spec import Effect

LARGEST = 16 * 1024 * 1024
"""More than any step's output can hold, in bytes."""


class Read(Params):
    """Which file to read, and how it is written."""

    path: str
    """The file, relative to the run's workspace."""
    delimiter: str = Field(default=DETECT, pattern=DELIMITER_OR_AUTO)
    """What stands between two values, e.g. `;` or `"\\t"`; with `auto` the file tells."""
    header: bool = True
    """Whether the first row names the columns; else records are lists."""
    encoding: EncodingOrAuto = DETECT
    """How the text is written, e.g. `utf-8` or `cp1252`; with `auto` the file tells."""
    decimal: DecimalMark | None = None
    """The mark before decimals: values that are numbers, written with it, become numbers. By default all are text."""
    skip: int = Field(default=0, ge=0)
    """How many records to leave out at the start."""
    limit: int | None = Field(default=None, ge=1)
    """How many records to read at most."""


class Table(Result):
    """What the file holds."""

    records: Records
    """The rows: mappings by column name, or lists without a header. All values are text, unless `decimal` is given."""
    count: int
    """How many there are."""
    columns: tuple[str, ...] | None
    """The names of the columns, in order; null without a header."""
    delimiter: str
    """What stands between two values."""
    encoding: str
    """How the text is written."""
    more: bool
    """Whether there are records after them, which `limit` has left out."""


@node("csv.read", needs=FILES, effect=Effect.READ, label="path", timeout=timedelta(minutes=5))
async def read(workspace: Workspace, params: Read) -> Table:
    r"""Read the records of a CSV file.

    Values stay text, so that `00123` and `1.10` are what the file says. Blank lines are left out. A column without a
    name is named by its position (`column_3`), and the second `amount` becomes `amount_2`. Values missing at the end
    of a row are null; a row with more values than columns is an error that names its line. A file of any size can be
    read in pieces, with `skip` and `limit`.

    ```yaml
    - do: files.write
      with: {path: prices.csv, content: "item;price\nPen;1,10\n"}
    - id: prices
      do: csv.read
      with: {path: prices.csv, decimal: ","}
    - assert: "${{ prices.records[0].price == 1.1 }}"
    ```
    """
    size = workspace.entry(params.path).size
    if size > LARGEST and params.limit is None:
        raise ResultTooLargeError(
            f"{params.path!r} has {size} bytes, too many for the output of a step; read it in pieces with 'skip' and "
            "'limit'"
        )
    async with workspace.reading(params.path) as path:
        return await asyncio.to_thread(_read, path, params)


def _read(path: Path, params: Read) -> Table:
    dialect = detect(path, delimiter=params.delimiter, encoding=params.encoding, shown_as=params.path)
    rows = _rows(path, dialect, params)
    _, header = next(rows, (0, [])) if params.header else (0, [])
    names = column_names(header)
    wanted = islice(rows, params.skip, None)
    shown = list(_bounded(islice(wanted, params.limit), params))
    more = next(wanted, None) is not None
    facts = {"delimiter": dialect.delimiter, "encoding": dialect.encoding, "more": more, "count": len(shown)}
    if not params.header:
        plain: list[Row] = [row for _, row in shown]
        return Table(records=plain, columns=None, **facts)
    records = [_record(names, row, f"{params.path!r}, line {line}") for line, row in shown]
    return Table(records=records, columns=tuple(names), **facts)


def _rows(path: Path, dialect: Dialect, params: Read) -> Iterator[tuple[int, Row]]:
    for line, row in read_rows(path, dialect, shown_as=params.path):
        yield line, [number_of(cell, params.decimal) for cell in row] if params.decimal else list(row)


def _bounded(rows: Iterator[tuple[int, Row]], params: Read) -> Iterator[tuple[int, Row]]:
    """Stop before there is more in memory than an output can hold."""
    size = 0
    for line, row in rows:
        size += sum(len(cell) if isinstance(cell, str) else 1 for cell in row)
        if size > LARGEST:
            raise ResultTooLargeError(
                f"the records of {params.path!r} up to line {line} are too many for the output of a step; ask for "
                "fewer with 'limit'"
            )
        yield line, row


def _record(names: list[str], row: Row, place: str) -> Record:
    if any(row[len(names) :]):
        raise InvalidFileError(
            f"{place}: the row has {len(row)} values, but the header names {len(names)}; values that hold the "
            "delimiter must be quoted, or name the 'delimiter'"
        )
    return dict(zip(names, row[: len(names)] + [None] * (len(names) - len(row)), strict=True))
