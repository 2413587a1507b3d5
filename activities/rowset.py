"""What databases answer, on its way into a step's output or into a file."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from pydantic import JsonValue, TypeAdapter

from activities.sessions.database import Cursor, Link, Outcome
from activities.table import Record, Row, column_names, text_of
from workflows.errors import RequestRefusedError, ResultTooLargeError

LARGEST = 4 * 1024 * 1024
"""More than any step's output can hold, in bytes."""
_SOME = 500
_MANY = 5000
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


def records_of(columns: Sequence[str], rows: Sequence[Row]) -> list[Record]:
    """Name the values of rows; columns of the same name are told apart by numbers."""
    names = column_names(list(columns))
    return [dict(zip(names, row, strict=True)) for row in rows]


async def gathered(cursor: Cursor, limit: int) -> list[Row]:
    """Take all rows into memory.

    Raises:
        ResultTooLargeError: there are more than the limit, or than a run can carry.
    """
    rows: list[Row] = []
    size = 0
    while some := await cursor.fetch(min(_SOME, limit + 1 - len(rows))):
        rows += some
        size += size_of(some)
        if len(rows) > limit:
            raise ResultTooLargeError(
                f"the query has more than {limit} rows; write them to a file with 'save_as', ask for less, or raise "
                "'limit'"
            )
        check_size(size)
    return rows


def size_of(rows: Sequence[Row]) -> int:
    """How long rows are as JSON, in bytes."""
    return len(_JSON.dump_json(list(rows)))


def check_size(size: int, *, acted: bool = False) -> None:
    """Refuse rows that a run cannot carry.

    Raises:
        ResultTooLargeError: they are too long.
    """
    if size > LARGEST:
        raise ResultTooLargeError(
            f"the rows have more than {LARGEST // 2**20} MiB; write them to a file with 'save_as' of 'database.query', "
            "or ask for less",
            acted=acted,
        )


async def saved(cursor: Cursor, path: Path) -> int:
    """Write all rows to a CSV file, some at a time; how many there were."""
    await asyncio.to_thread(_append, path, [list(column_names(list(cursor.columns)))])
    count = 0
    while some := await cursor.fetch(_MANY):
        await asyncio.to_thread(_append, path, some)
        count += len(some)
    return count


def _append(path: Path, rows: Sequence[Sequence[JsonValue]]) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([text_of(cell) for cell in row] for row in rows)


def answer(outcome: Outcome, expected: int | None = None, *, final: bool = False) -> dict[str, JsonValue]:
    """Say what a statement did; `final` where it cannot be undone any more.

    Raises:
        RequestRefusedError: it wrote another number of rows than expected.
        ResultTooLargeError: it gives back more than a run can carry.
    """
    if expected is not None and outcome.count != expected:
        raise RequestRefusedError(
            f"the statement was to write {expected} rows, but wrote {outcome.count}; nothing was changed"
        )
    check_size(size_of(outcome.rows), acted=final)
    return {"count": outcome.count, "records": [*records_of(outcome.columns, outcome.rows)]}


async def perform(
    link: Link, work: Callable[[], Awaitable[JsonValue]], *, exactly_once: bool
) -> tuple[JsonValue, bool]:
    """Do several things or nothing; gives their result, and whether an earlier attempt did them."""
    if exactly_once:
        return await link.once(work)
    return await link.atomically(work), False
