"""Write a CSV file."""

from __future__ import annotations

import asyncio
from pathlib import Path

from pydantic import Field

from activities.encoding import Encoding
from activities.formats.delimited import DecimalMark, Dialect, write_rows
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.table import DELIMITER, Records, Row, rows_of
from workflows.spec import Effect


class Write(Params):
    """What to write, and how."""

    path: str
    """The file, relative to the run's workspace; one that is there is replaced."""
    records: Records
    """The rows: mappings by column name, or lists."""
    columns: tuple[str, ...] | None = Field(default=None, min_length=1)
    """Which columns, in which order; by default all keys in the order in which they first appear."""
    delimiter: str = Field(default=",", pattern=DELIMITER)
    """What stands between two values, e.g. `;` or `"\\t"`."""
    header: bool = True
    """Whether the first row names the columns, where they have names."""
    encoding: Encoding = "utf-8"
    """How the text is written; `utf-8-sig` makes Excel recognise UTF-8."""
    decimal: DecimalMark = "."
    """The mark before the decimals of numbers."""


class Written(Result):
    """What was written."""

    path: str
    """The file."""
    count: int
    """How many records it holds."""
    size: int
    """How long it is, in bytes."""


@node("csv.write", needs=FILES, effect=Effect.IDEMPOTENT, label="path")
async def write(workspace: Workspace, params: Write) -> Written:
    """Write records to a CSV file.

    Null becomes an empty value, lists and mappings become JSON. Lines end as RFC 4180 has it.

    ```yaml
    - do: csv.write
      with:
        path: out/prices.csv
        records: [{item: Pen, price: 1.1}, {item: Ink, colour: blue}]
    ```
    """
    async with workspace.writing(params.path) as path:
        await asyncio.to_thread(_write, path, params)
    return Written(path=params.path, count=len(params.records), size=workspace.entry(params.path).size)


def _write(path: Path, params: Write) -> None:
    names, rows = rows_of(params.records, params.columns)
    header: list[Row] = [[*names]] if names and params.header else []
    dialect = Dialect(params.delimiter, params.encoding)
    write_rows(path, [*header, *rows], dialect, params.decimal, shown_as=params.path)
