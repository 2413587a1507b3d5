"""MySQL and MariaDB through aiomysql."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import islice
from typing import Any

import aiomysql
import pymysql
from pydantic import JsonValue
from pymysql.constants import CLIENT, FIELD_TYPE
from pymysql.converters import decoders
from typing_extensions import override

from activities.drivers.database.csvfile import appended, header_of, rows_in, wide
from activities.drivers.database.link import TransactionalLink
from activities.drivers.database.mysql_errors import explained
from activities.drivers.database.place import Target, all_in_use
from activities.drivers.database.statement import Reading, read_statement
from activities.drivers.database.tls import tls_of
from activities.drivers.database.values import json_of, json_text, read_json
from activities.sessions.database import Csv, Cursor, Outcome, Statement
from activities.table import Row
from workflows.call import StepCall
from workflows.errors import InvalidParamsError, ServerUnreachableError, UntrustedServerError
from workflows.spec import Effect

_SOME = 1000
_COMMITTING = frozenset({"alter", "analyze", "create", "drop", "flush", "grant", "lock", "optimize", "rename"}) | {
    "repair",
    "revoke",
    "truncate",
    "unlock",
}
"""What statements begin with that end a transaction before they are done."""
_LOST = (OSError, EOFError)
_DECODERS = {**decoders, FIELD_TYPE.TIME: str, FIELD_TYPE.JSON: read_json}


class _Quiet(aiomysql.Cursor):  # type: ignore[misc]  # without types
    async def _show_warnings(self, _connection: object) -> None:
        """Tell nobody: what matters is an error."""


class _Stream(_Quiet, aiomysql.SSCursor):  # type: ignore[misc]  # without types
    """Rows that are fetched as they are needed."""


@asynccontextmanager
async def connected(target: Target, *, patience: float) -> AsyncIterator[Any]:
    """Have a connection for as long as the block lasts: it cannot be cleaned for the next step as others can.

    Raises:
        ServerUnreachableError: there is no server.
        AccessDeniedError: it does not accept the user.
        UntrustedServerError: it has no certificate that is trusted, or no encryption where that is asked.
    """
    connection = aiomysql.Connection(
        host=target.host,
        port=target.port or 3306,
        user=target.user,
        password=target.password,
        db=target.database,
        charset="utf8mb4",
        autocommit=True,
        conv=_DECODERS,
        client_flag=CLIENT.FOUND_ROWS,
        connect_timeout=patience,
        ssl=await asyncio.to_thread(tls_of, target),
    )
    connection.client_flag &= ~CLIENT.MULTI_STATEMENTS  # the server takes one statement at a time
    try:
        await connection._connect()  # noqa: SLF001 - the public way allows several statements
    except pymysql.MySQLError as error:
        raise _unconnected(error, target) from error
    except (*_LOST, TimeoutError) as error:
        raise ServerUnreachableError(f"the database {target.shown_as!r} cannot be reached: {error}") from error
    try:
        if target.tls in {"require", "verify"} and not connection._secure:  # noqa: SLF001 - nobody else tells
            raise UntrustedServerError(f"the database {target.shown_as!r} does not encrypt the connection")
        await _prepare(connection, target)
        yield connection
    finally:
        connection.close()


def _unconnected(error: pymysql.MySQLError, target: Target) -> Exception:
    cause: BaseException | None = error
    while cause is not None:
        if "CERTIFICATE_VERIFY_FAILED" in str(cause):
            return UntrustedServerError(f"the certificate of the database {target.shown_as!r} is not trusted")
        cause = cause.__cause__
    return explained(error, acted=False)


async def _prepare(connection: Any, target: Target) -> None:  # noqa: ANN401 - without types
    cursor = await connection.cursor(_Quiet)
    if target.read_only:
        await cursor.execute("set session transaction read only")
    if target.statement_timeout:
        seconds = target.statement_timeout.total_seconds()
        maria = "MariaDB" in connection.get_server_info()
        limit = f"max_statement_time = {seconds}" if maria else f"max_execution_time = {int(seconds * 1000)}"
        await cursor.execute(f"set session {limit}")


class MysqlConnections:
    """Connections of a robot to MySQL: one for each step, and no more to one server than its connection allows."""

    def __init__(self) -> None:
        self._turns: dict[Target, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def linked(
        self, target: Target, call: StepCall, effects_table: str, *, patience: float
    ) -> AsyncIterator[MysqlLink]:
        """Be connected for as long as the block lasts.

        Raises:
            ServerFailedError: all connections are in use.
        """
        turn = self._turns.setdefault(target, asyncio.Semaphore(target.size))
        try:
            async with asyncio.timeout(patience):
                await turn.acquire()
        except TimeoutError as error:
            raise all_in_use(target, patience) from error
        try:
            async with connected(target, patience=patience) as connection:
                yield MysqlLink(connection, call, effects_table=effects_table)
        finally:
            turn.release()


class MysqlLink(TransactionalLink):
    """One connection."""

    def __init__(self, connection: Any, call: StepCall, *, effects_table: str) -> None:  # noqa: ANN401 - without types
        super().__init__(call)
        self._connection = connection
        self._effects = _quoted(effects_table)

    @override
    @asynccontextmanager
    async def reading(self, statement: Statement) -> AsyncIterator[Cursor]:
        read = read_statement(statement.sql, dialect="mysql")
        read.check(statement.values)
        with self._explained():
            await self._execute("start transaction read only")
            cursor = await self._connection.cursor(_Stream)
            await cursor.execute(*_bound(read, statement.values))
        yield _Rows(self, cursor)  # the connection is closed with the step, whatever it has not said yet

    @override
    async def run(self, statement: Statement) -> Outcome:
        read = read_statement(statement.sql, dialect="mysql")
        read.check(statement.values)
        if self._open and read.word in _COMMITTING:
            raise InvalidParamsError(
                f"{read.word!r} ends a transaction in MySQL before it is done, so it cannot be done together with "
                "others, or exactly once; do it in a 'database.execute' step of its own, without 'exactly_once'"
            )
        with self._explained(acted=self._unsure):
            cursor = await self._execute(*_bound(read, statement.values))
            rows = [_row(each) for each in await cursor.fetchall()] if cursor.description else []
        return Outcome(max(cursor.rowcount, 0), _columns(cursor), rows)

    @override
    async def run_many(self, sql: str, records: Sequence[Mapping[str, JsonValue]]) -> int:
        read = read_statement(sql, dialect="mysql")
        read.check_records(records)
        query = _rendered(read)
        values = [{name: _parameter(record[name]) for name in read.distinct} for record in records]
        with self._explained():
            cursor = await self._connection.cursor(_Quiet)
            await cursor.executemany(query, values)
        return len(records)

    @override
    async def load(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
        waiting = iter(rows)
        count = 0
        while some := await asyncio.to_thread(list, islice(waiting, _SOME)):
            width = len(columns) or len(some[0])
            names = f" ({', '.join(map(_quoted, columns))})" if columns else ""
            places = ", ".join(["%s"] * width)
            query = f"insert into {_quoted(table)}{names} values ({places})"  # noqa: S608 - quoted
            values = [[_parameter(cell) for cell in row] for row in wide(some, width)]
            with self._explained():
                cursor = await self._connection.cursor(_Quiet)
                await cursor.executemany(query.replace("%%", "%"), values)
            count += len(some)
        return count

    @override
    async def copy_in(self, table: str, columns: Sequence[str], source: Csv) -> int:
        names = columns or await asyncio.to_thread(header_of, source)
        return await self.load(table, names, rows_in(source))

    @override
    async def copy_out(self, table: str, columns: Sequence[str], target: Csv) -> int:
        names = ", ".join(map(_quoted, columns)) or "*"
        with self._explained():
            cursor = await self._connection.cursor(_Stream)
            await cursor.execute(f"select {names} from {_quoted(table)}")  # noqa: S608 - quoted
        header: list[Row] = [list(_columns(cursor))] if target.header else []
        await asyncio.to_thread(appended, target, header)
        count = 0
        while some := await self.fetch(cursor, _SOME):
            await asyncio.to_thread(appended, target, some)
            count += len(some)
        return count

    async def fetch(self, cursor: Any, count: int) -> list[Row]:  # noqa: ANN401 - without types
        """Give the next rows of a cursor."""
        with self._explained():
            return [_row(each) for each in await cursor.fetchmany(count)]

    @property
    def _unsure(self) -> bool | None:
        """Whether a statement took effect whose answer did not come."""
        return False if self._open or self._call.effect is Effect.READ else None

    @contextmanager
    def _explained(self, *, acted: bool | None = False) -> Iterator[None]:
        try:
            yield
        except pymysql.MySQLError as error:
            raise explained(error, acted=acted) from error
        except _LOST as error:
            raise ServerUnreachableError(f"the database broke the connection: {error}", acted=acted) from error

    async def _execute(self, query: str, values: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - the same
        cursor = await self._connection.cursor(_Quiet)
        await cursor.execute(query, values)
        return cursor

    async def _do(self, query: str, values: Mapping[str, object] | None = None, *, acted: bool | None = False) -> Any:  # noqa: ANN401 - the same
        with self._explained(acted=acted):
            return await self._execute(query, values)

    @override
    async def _begin(self) -> None:
        await self._do("start transaction")

    @override
    async def _commit(self) -> None:
        await self._do("commit", acted=self._unsure)

    @override
    async def _rollback(self) -> None:
        with suppress(pymysql.MySQLError, *_LOST):  # a lost connection is rolled back by the server
            await self._execute("rollback")

    @override
    async def _have_effects(self) -> None:
        await self._do(
            f"create table if not exists {self._effects} (`key` varchar(700) character set utf8mb4 collate utf8mb4_bin "
            "primary key, result longtext character set utf8mb4, at timestamp not null default current_timestamp) "
            "engine = InnoDB"
        )

    @override
    async def _claim(self, key: str) -> bool:
        query = f"insert ignore into {self._effects} (`key`) values (%(key)s)"  # noqa: S608 - quoted
        return bool((await self._do(query, {"key": key})).rowcount)

    @override
    async def _recall(self, key: str) -> str:
        query = f"select result from {self._effects} where `key` = %(key)s for update"  # noqa: S608 - quoted
        cursor = await self._do(query, {"key": key})
        ((result,),) = await cursor.fetchall()
        return str(result)

    @override
    async def _remember(self, key: str, result: str) -> None:
        query = f"update {self._effects} set result = %(result)s where `key` = %(key)s"  # noqa: S608 - quoted
        await self._do(query, {"key": key, "result": result})


class _Rows(Cursor):
    def __init__(self, link: MysqlLink, cursor: Any) -> None:  # noqa: ANN401 - without types
        self._link = link
        self._cursor = cursor

    @property
    @override
    def columns(self) -> tuple[str, ...]:
        return _columns(self._cursor)

    @override
    async def fetch(self, count: int) -> list[Row]:
        return await self._link.fetch(self._cursor, count) if self._cursor.description else []


def _bound(read: Reading, values: Mapping[str, JsonValue]) -> tuple[str, dict[str, object] | None]:
    """The statement and its values, which the driver quotes: per cent signs count as such where there are any."""
    if not read.names:
        return read.sql, None
    return _rendered(read), {name: _parameter(value) for name, value in values.items()}


def _rendered(read: Reading) -> str:
    return read.render(lambda name, _: f"%({name})s", code=lambda text: text.replace("%", "%%"))


def _parameter(value: JsonValue) -> object:
    return json_text(value) if isinstance(value, list | dict) else value


def _columns(cursor: Any) -> tuple[str, ...]:  # noqa: ANN401 - without types
    return tuple(name for name, *_ in cursor.description or ())


def _row(values: Iterable[object]) -> Row:
    return [json_of(value) for value in values]


def _quoted(name: str) -> str:
    """A name as part of a statement, `schema.table` as two."""
    return ".".join(f"`{part.replace('`', '``').replace('%', '%%')}`" for part in name.split("."))
