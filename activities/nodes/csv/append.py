"""Add rows to a CSV file."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack
from pathlib import Path

from pydantic import Field

from activities.encoding import DETECT, EncodingOrAuto
from activities.formats.delimited import (
    DecimalMark,
    Dialect,
    decimal_mark,
    detect,
    read_rows,
    to_go_on,
    write_rows,
)
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.table import DELIMITER_OR_AUTO, Records, Row, column_names, rows_of
from workflows.errors import InvalidFileError
from workflows.spec import Effect


class Append(Params):
    """What to add, and to which file."""

    path: str
    """The file, relative to the run's workspace; made if there is none."""
    records: Records
    """The rows: mappings by the names in the file's first row, or lists."""
    delimiter: str = Field(default=DETECT, pattern=DELIMITER_OR_AUTO)
    """What stands between two values; with `auto` what the file has, `,` in a new one."""
    encoding: EncodingOrAuto = DETECT
    """How the text is written; with `auto` as the file is, UTF-8 in a new one."""
    decimal: DecimalMark | None = None
    """The mark before the decimals of numbers; by default the one of the file's numbers, `.` where it has none."""


class Appended(Result):
    """What was added."""

    path: str
    """The file."""
    count: int
    """How many records were added."""
    size: int
    """How long the file is now, in bytes."""


@node("csv.append", needs=FILES, effect=Effect.IDEMPOTENT, label="path")
async def append(workspace: Workspace, params: Append) -> Appended:
    """Add records at the end of a CSV file, written as the file is.

    Each value goes under the column of its name; a record with a key that the file's first row lacks is an error.

    ```yaml
    - do: csv.append
      with: {path: log.csv, records: [{when: "2026-01-31", amount: 5}]}
    - id: more
      do: csv.append
      with: {path: log.csv, records: [{amount: 7, when: "2026-02-01"}]}
    - assert: "${{ more.count == 1 }}"
    ```
    """
    async with AsyncExitStack() as stack:
        before = None
        if workspace.exists(params.path):
            before = await stack.enter_async_context(workspace.reading(params.path))
        path = await stack.enter_async_context(workspace.writing(params.path))
        await asyncio.to_thread(_append, path, before, params)
    return Appended(path=params.path, count=len(params.records), size=workspace.entry(params.path).size)


def _append(path: Path, before: Path | None, params: Append) -> None:
    if before is None or not before.stat().st_size:
        names, rows = rows_of(params.records, None)
        header: list[Row] = [[*names]] if names else []
        encoding = "utf-8" if params.encoding == DETECT else params.encoding
        dialect = Dialect("," if params.delimiter == DETECT else params.delimiter, encoding)
        write_rows(path, [*header, *rows], dialect, params.decimal or ".", shown_as=params.path)
        return
    shutil.copyfile(before, path)
    dialect = detect(before, delimiter=params.delimiter, encoding=params.encoding, shown_as=params.path)
    rows = _arranged(before, dialect, params)
    decimal = params.decimal or decimal_mark(before, dialect, shown_as=params.path)
    write_rows(path, rows, to_go_on(path, dialect), decimal, shown_as=params.path)


def _arranged(before: Path, dialect: Dialect, params: Append) -> list[Row]:
    """Put the values of records under the columns of their names."""
    _, first = next(read_rows(before, dialect, shown_as=params.path), (0, []))
    if all(isinstance(record, list) for record in params.records):
        rows = rows_of(params.records, None)[1]
        longest = max((len(row) for row in rows), default=0)
        if longest > len(first):
            raise InvalidFileError(f"{params.path!r} has {len(first)} columns, found a record of {longest} values")
        return rows
    names = column_names([*first])
    keys = {key: None for record in params.records if isinstance(record, dict) for key in record}
    unknown = [key for key in keys if key not in names]
    if unknown:
        raise InvalidFileError(
            f"{params.path!r} has no column {', '.join(map(repr, unknown))}; its first row names "
            f"{', '.join(map(repr, names))}"
        )
    return rows_of(params.records, names)[1]
