"""PostgreSQL through asyncpg."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
from pydantic import JsonValue
from typing_extensions import override

from activities.drivers.database.csvfile import header_of, lines, pieces
from activities.drivers.database.link import TransactionalLink
from activities.drivers.database.postgresql_errors import explained
from activities.drivers.database.postgresql_pools import LOST
from activities.drivers.database.postgresql_values import (
    json_of_postgresql,
    kind_of,
    parameter,
    quoted,
    table_parts,
)
from activities.drivers.database.statement import Reading, read_statement
from activities.drivers.database.values import json_of
from activities.sessions.database import Csv, Cursor, Outcome, Statement
from activities.table import Row
from workflows.call import StepCall
from workflows.errors import AccessDeniedError, InvalidParamsError, ServerUnreachableError
from workflows.spec import Effect

if TYPE_CHECKING:
    from asyncpg.prepared_stmt import PreparedStatement

T = TypeVar("T")

_UNREADABLE = (OverflowError, ValueError)


class PostgresqlLink(TransactionalLink):
    """One connection, lent by a pool."""

    def __init__(self, connection: Any, call: StepCall, *, effects_table: str) -> None:  # noqa: ANN401 - a proxy of one
        super().__init__(call)
        self._connection = connection
        self._effects = _table(effects_table)
        self._shown = effects_table

    @override
    @asynccontextmanager
    async def reading(self, statement: Statement) -> AsyncIterator[Cursor]:
        read = read_statement(statement.sql)
        read.check(statement.values)
        transaction = self._connection.transaction(readonly=True)
        with self._explained(read):
            await transaction.start()
        try:
            with self._explained(read):
                prepared, arguments = await self._prepared(read, [statement.values])
                cursor = await prepared.cursor(*arguments[0])
            yield _Rows(self, read, prepared, cursor)
        finally:
            with suppress(asyncpg.PostgresError, *LOST):  # it changed nothing
                await transaction.rollback()

    @override
    async def run(self, statement: Statement) -> Outcome:
        read = read_statement(statement.sql)
        read.check(statement.values)
        with self._explained(read):
            prepared, arguments = await self._prepared(read, [statement.values])
        with self._explained(read, acted=self._unsure):
            rows = await prepared.fetch(*arguments[0])
        return Outcome(_count(prepared.get_statusmsg(), len(rows)), _columns(prepared), list(map(_row, rows)))

    @override
    async def run_many(self, sql: str, records: Sequence[Mapping[str, JsonValue]]) -> int:
        read = read_statement(sql)
        read.check_records(records)
        with self._explained(read):
            prepared, arguments = await self._prepared(read, records)
            await prepared.executemany(arguments)
        return len(records)

    @override
    async def load(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        return await self._copy_in(table, columns, lines(rows), delimiter=",", header=False)

    @override
    async def copy_in(self, table: str, columns: Sequence[str], source: Csv) -> int:
        names = columns or await asyncio.to_thread(header_of, source)
        return await self._copy_in(table, names, pieces(source), delimiter=source.delimiter, header=source.header)

    async def _copy_in(
        self, table: str, columns: Sequence[str], source: AsyncIterator[bytes], *, delimiter: str, header: bool
    ) -> int:
        schema, name = table_parts(table)
        with self._explained():
            status = await self._connection.copy_to_table(
                name,
                schema_name=schema,
                columns=list(columns) or None,
                source=source,
                format="csv",
                delimiter=delimiter,
                header=header,
            )
        return _count(status, 0)

    @override
    async def copy_out(self, table: str, columns: Sequence[str], target: Csv) -> int:
        schema, name = table_parts(table)
        with self._explained():
            status = await self._connection.copy_from_table(
                name,
                schema_name=schema,
                columns=list(columns) or None,
                output=target.path,
                format="csv",
                delimiter=target.delimiter,
                header=target.header,
            )
        return _count(status, 0)

    async def _prepared(
        self, read: Reading, values: Sequence[Mapping[str, JsonValue]]
    ) -> tuple[PreparedStatement[Any], list[list[str | None]]]:
        """Have the server learn a statement; it reads each value from text, by the type it found for it."""
        prepared: PreparedStatement[Any] = await self._connection.prepare(read.render(_numbered))
        kinds = [kind_of(each) for each in prepared.get_parameters()]
        if kinds:
            text = read.render(lambda _name, number: f"(${number + 1}::text)::{kinds[number].cast}")
            prepared = await self._connection.prepare(text)
        names = list(zip(read.distinct, kinds, strict=True))
        return prepared, [[parameter(each[name], kind) for name, kind in names] for each in values]

    @property
    def _unsure(self) -> bool | None:
        """Whether a statement took effect whose answer did not come."""
        return False if self._open or self._call.effect is Effect.READ else None

    @contextmanager
    def _explained(self, read: Reading | None = None, *, acted: bool | None = False) -> Iterator[None]:
        try:
            yield
        except asyncpg.PostgresError as error:
            raise explained(error, acted=acted, place=lambda position: _place(read, position)) from error
        except asyncpg.DataError as error:
            raise InvalidParamsError(f"the statement cannot take these values: {error}") from error
        except asyncpg.UnsupportedClientFeatureError as error:
            raise InvalidParamsError(f"a column cannot be read: {error}; cast it to text in the statement") from error
        except LOST as error:
            raise ServerUnreachableError(f"the database broke the connection: {error}", acted=acted) from error
        except _UNREADABLE as error:
            raise InvalidParamsError(f"a value cannot be read: {error}; cast it to text in the statement") from error

    @override
    async def _begin(self) -> None:
        with self._explained():
            await self._connection.execute("begin")

    @override
    async def _commit(self) -> None:
        with self._explained(acted=self._unsure):
            await self._connection.execute("commit")

    @override
    async def _rollback(self) -> None:
        with suppress(asyncpg.PostgresError, *LOST):  # a lost connection is rolled back by the server
            await self._connection.execute("rollback")

    @override
    async def _have_effects(self) -> None:
        with self._explained():
            if await self._connection.fetchval("select to_regclass($1)", self._effects) is not None:
                return
        columns = "(key text primary key, result text, at timestamptz not null default now())"
        with (
            self._explained(),
            suppress(asyncpg.UniqueViolationError, asyncpg.DuplicateTableError),
        ):  # another was first
            try:
                await self._connection.execute(f"create table if not exists {self._effects} {columns}")
            except asyncpg.InsufficientPrivilegeError as error:
                raise AccessDeniedError(
                    f"'exactly_once' keeps a record in the table {self._shown!r}, which is not there and may not be "
                    f"made: have it made by `create table {self._effects} {columns}`, with the right to select, insert "
                    "and update"
                ) from error

    @override
    async def _claim(self, key: str) -> bool:
        query = f"insert into {self._effects} (key) values ($1) on conflict do nothing"  # noqa: S608 - quoted
        return bool(_count(await self._do(self._connection.execute(query, key)), 0))

    @override
    async def _recall(self, key: str) -> str:
        query = f"select result from {self._effects} where key = $1"  # noqa: S608 - quoted
        return str(await self._do(self._connection.fetchval(query, key)))

    @override
    async def _remember(self, key: str, result: str) -> None:
        query = f"update {self._effects} set result = $2 where key = $1"  # noqa: S608 - quoted
        await self._do(self._connection.execute(query, key, result))

    async def _do(self, work: Awaitable[T]) -> T:
        with self._explained():
            return await work

    async def fetch(self, read: Reading, cursor: Any, count: int) -> list[Row]:  # noqa: ANN401 - asyncpg's own class
        """Give the next rows of a cursor."""
        with self._explained(read):
            return [_row(each) for each in await cursor.fetch(count)]


class _Rows(Cursor):
    def __init__(self, link: PostgresqlLink, read: Reading, prepared: PreparedStatement[Any], cursor: object) -> None:
        self._link = link
        self._read = read
        self._columns = _columns(prepared)
        self._cursor = cursor

    @property
    @override
    def columns(self) -> tuple[str, ...]:
        return self._columns

    @override
    async def fetch(self, count: int) -> list[Row]:
        return await self._link.fetch(self._read, self._cursor, count)


def _numbered(_name: str, number: int) -> str:
    return f"${number + 1}"


def _place(read: Reading | None, position: int) -> str:
    return read.place(position, _numbered) if read else f"position {position}"


def _row(record: Any) -> Row:  # noqa: ANN401 - asyncpg's own class
    return [json_of(value, json_of_postgresql) for value in record.values()]


def _columns(prepared: PreparedStatement[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in prepared.get_attributes())


def _count(status: str | None, otherwise: int) -> int:
    """Read the number at the end of what the server says when it is done, such as `INSERT 0 3`."""
    last = (status or "").rpartition(" ")[2]
    return int(last) if last.isdigit() else otherwise


def _table(name: str) -> str:
    return ".".join(quoted(part) for part in table_parts(name) if part)
