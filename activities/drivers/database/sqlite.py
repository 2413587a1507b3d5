"""SQLite, through Python's own module: files of a run, or of the robot's machine."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar

from pydantic import JsonValue
from typing_extensions import override

from activities.drivers.database.csvfile import appended, header_of, rows_in, wide
from activities.drivers.database.link import TransactionalLink
from activities.drivers.database.sqlite_errors import explained
from activities.drivers.database.statement import Reading, read_statement
from activities.drivers.database.values import json_of, json_text
from activities.sessions.database import Csv, Cursor, Outcome, Statement
from activities.table import Row
from workflows.call import StepCall

T = TypeVar("T")
P = ParamSpec("P")

Scalar: TypeAlias = str | int | float | None

_BUSY = 5.0
"""Seconds to wait for somebody else to be done with a file."""
_SOME = 1000
_OFTEN = 10_000
"""Operations between two looks at the clock."""
_FORBIDDEN = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH})
"""What would reach other files of the machine."""


class Kept:
    """An open file; all that is done to it is done in threads, one after the other."""

    def __init__(self, connection: sqlite3.Connection, limit: timedelta | None) -> None:
        self._connection = connection
        self._limit = limit

    async def do(self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do some work; where nobody waits for it any more, it is ended before anything else happens."""
        until = time.monotonic() + self._limit.total_seconds() if self._limit else float("inf")
        self._connection.set_progress_handler(lambda: time.monotonic() > until, _OFTEN)
        working = asyncio.ensure_future(asyncio.to_thread(work, self._connection, *args, **kwargs))
        try:
            return await asyncio.shield(working)
        except asyncio.CancelledError:
            self._connection.interrupt()
            await asyncio.wait({working})
            raise
        except (sqlite3.Error, OverflowError) as error:
            raise explained(error) from error


@asynccontextmanager
async def opened(path: Path, *, read_only: bool = False, limit: timedelta | None = None) -> AsyncIterator[Kept]:
    """Have a file open for as long as the block lasts."""
    connection = await asyncio.to_thread(_open, path, read_only=read_only)
    try:
        yield Kept(connection, limit)
    finally:
        await asyncio.to_thread(connection.close)


def _open(path: Path, *, read_only: bool) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}",
            uri=True,
            timeout=_BUSY,
            isolation_level=None,
            check_same_thread=False,
        )
    except sqlite3.Error as error:
        raise explained(error) from error
    connection.execute("pragma trusted_schema = off")
    if read_only:
        connection.execute("pragma query_only = on")
    connection.set_authorizer(_allowed)
    return connection


def _allowed(action: int, *_facts: str | None) -> int:
    return sqlite3.SQLITE_DENY if action in _FORBIDDEN else sqlite3.SQLITE_OK


class SqliteLink(TransactionalLink):
    """One file."""

    def __init__(self, kept: Kept, call: StepCall, *, effects_table: str) -> None:
        super().__init__(call)
        self._kept = kept
        self._effects = _quoted(effects_table)

    @override
    @asynccontextmanager
    async def reading(self, statement: Statement) -> AsyncIterator[Cursor]:
        read, values = _bound(statement)
        cursor = await self._kept.do(_execute, read.sql, values)
        try:
            yield _Rows(self._kept, cursor)
        finally:
            with suppress(sqlite3.Error):
                await asyncio.to_thread(cursor.close)

    @override
    async def run(self, statement: Statement) -> Outcome:
        read, values = _bound(statement)

        def work(connection: sqlite3.Connection) -> Outcome:
            cursor = _execute(connection, read.sql, values)
            rows = [_row(each) for each in cursor]
            written = max(cursor.rowcount, 0)
            return Outcome(len(rows) if rows else written, _columns(cursor), rows)

        return await self._kept.do(work)

    @override
    async def run_many(self, sql: str, records: Sequence[Mapping[str, JsonValue]]) -> int:
        read = read_statement(sql)
        read.check_records(records)
        values = [{name: _parameter(record[name]) for name in read.distinct} for record in records]
        await self._kept.do(lambda connection: connection.executemany(read.sql, values))
        return len(records)

    @override
    async def load(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        return await self._kept.do(_insert, table, columns, ([_parameter(cell) for cell in row] for row in rows))

    @override
    async def copy_in(self, table: str, columns: Sequence[str], source: Csv) -> int:
        def work(connection: sqlite3.Connection) -> int:
            names = columns or header_of(source)
            return _insert(connection, table, names, ([_parameter(cell) for cell in row] for row in rows_in(source)))

        return await self._kept.do(work)

    @override
    async def copy_out(self, table: str, columns: Sequence[str], target: Csv) -> int:
        def work(connection: sqlite3.Connection) -> int:
            names = ", ".join(map(_quoted, columns)) or "*"
            cursor = _execute(connection, f"select {names} from {_quoted(table)}", {})  # noqa: S608 - quoted
            appended(target, [list(_columns(cursor))] if target.header else [])
            count = 0
            while some := cursor.fetchmany(_SOME):
                appended(target, map(_row, some))
                count += len(some)
            return count

        return await self._kept.do(work)

    @override
    async def _begin(self) -> None:
        await self._kept.do(_execute, "begin immediate", {})

    @override
    async def _commit(self) -> None:
        await self._kept.do(_execute, "commit", {})

    @override
    async def _rollback(self) -> None:
        await self._kept.do(lambda connection: connection.rollback())

    @override
    async def _have_effects(self) -> None:
        columns = "(key text primary key, result text, at text not null default current_timestamp)"
        await self._kept.do(_execute, f"create table if not exists {self._effects} {columns}", {})

    @override
    async def _claim(self, key: str) -> bool:
        sql = f"insert into {self._effects} (key) values (:key) on conflict do nothing"  # noqa: S608 - quoted
        return (await self._kept.do(_execute, sql, {"key": key})).rowcount == 1

    @override
    async def _recall(self, key: str) -> str:
        sql = f"select result from {self._effects} where key = :key"  # noqa: S608 - quoted
        ((result,),) = await self._kept.do(lambda connection: list(connection.execute(sql, {"key": key})))
        return str(result)

    @override
    async def _remember(self, key: str, result: str) -> None:
        sql = f"update {self._effects} set result = :result where key = :key"  # noqa: S608 - quoted
        await self._kept.do(_execute, sql, {"key": key, "result": result})


class _Rows(Cursor):
    def __init__(self, kept: Kept, cursor: sqlite3.Cursor) -> None:
        self._kept = kept
        self._cursor = cursor

    @property
    @override
    def columns(self) -> tuple[str, ...]:
        return _columns(self._cursor)

    @override
    async def fetch(self, count: int) -> list[Row]:
        return [_row(each) for each in await self._kept.do(lambda _: self._cursor.fetchmany(count))]


def _bound(statement: Statement) -> tuple[Reading, dict[str, Scalar]]:
    read = read_statement(statement.sql)
    read.check(statement.values)
    return read, {name: _parameter(value) for name, value in statement.values.items()}


def _execute(connection: sqlite3.Connection, sql: str, values: Mapping[str, Scalar]) -> sqlite3.Cursor:
    return connection.execute(sql, values)


def _insert(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Scalar]]
) -> int:
    """Add rows; where the columns have no names, as many as the first row has."""
    waiting = iter(rows)
    first = next(waiting, None)
    if first is None:
        return 0
    width = len(columns) or len(first)
    names = f" ({', '.join(map(_quoted, columns))})" if columns else ""
    sql = f"insert into {_quoted(table)}{names} values ({', '.join('?' * width)})"  # noqa: S608 - quoted
    cursor = connection.executemany(sql, wide(chain([first], waiting), width))
    return cursor.rowcount


def _columns(cursor: sqlite3.Cursor) -> tuple[str, ...]:
    return tuple(name for name, *_ in cursor.description or ())


def _row(values: Iterable[object]) -> Row:
    return [json_of(value) for value in values]


def _parameter(value: JsonValue) -> Scalar:
    return json_text(value) if isinstance(value, list | dict) else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
