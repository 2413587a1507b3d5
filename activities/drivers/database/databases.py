"""The databases that steps may ask for, and who speaks to each."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from difflib import get_close_matches
from importlib.util import find_spec
from typing import TYPE_CHECKING

from typing_extensions import override

from activities.drivers.database.place import EFFECTS_TABLE, Named, Target, read_address
from activities.drivers.database.postgresql import PostgresqlLink
from activities.drivers.database.postgresql_pools import PostgresqlPools
from activities.drivers.database.sqlite import SqliteLink, opened
from activities.provider import Provider
from activities.secrets import Secrets, conceal
from activities.sessions.database import DATABASE, Connection, Database, DatabaseFile, Link, Server
from activities.sessions.files import Workspace
from workflows.call import StepCall
from workflows.errors import InvalidParamsError, SessionLostError

if TYPE_CHECKING:
    from activities.drivers.database.mysql import MysqlConnections

_MYSQL = ("mysql", "mariadb")
_SCHEMES = ("postgresql", "postgres", *_MYSQL)
_PATIENCE = 10.0
"""Seconds to wait for a connection, at most; never more than half of what a step has."""


class Databases:
    """The connections of the settings, those that steps name themselves, and the run's own files."""

    def __init__(self, named: Mapping[str, Named], secrets: Secrets, *, only_named: bool = False) -> None:
        self._named = named
        self._secrets = secrets
        self._only_named = only_named
        self._pools = PostgresqlPools()
        self._mysql = _mysql_connections()

    def provider(self) -> Provider[Database]:
        """Lend databases to steps."""
        return Provider(DATABASE, self._open, close=self._pools.close)

    @asynccontextmanager
    async def _open(self, call: StepCall, workspace: Workspace | None) -> AsyncIterator[Database]:
        if workspace is None:
            raise SessionLostError(f"step {call.step!r} came without the files of its run")
        yield _StepDatabase(self, call, workspace)

    @asynccontextmanager
    async def server(self, target: Target, call: StepCall, effects_table: str) -> AsyncIterator[Link]:
        """Be connected to a server."""
        patience = min(_PATIENCE, call.timeout / 2)
        if target.scheme not in _MYSQL:
            async with self._pools.lend(target, patience=patience) as connection:
                yield PostgresqlLink(connection, call, effects_table=effects_table)
        elif self._mysql is None:
            raise InvalidParamsError(
                f"this robot cannot speak to the database {target.shown_as!r}: the extra 'mysql' is not installed: run "
                "`pip install 'aether-rpa[mysql]'`"
            )
        else:
            async with self._mysql.linked(target, call, effects_table, patience=patience) as link:
                yield link

    def named(self, name: str) -> Named:
        """Find a connection of the settings.

        Raises:
            InvalidParamsError: there is none of that name.
        """
        if name not in self._named:
            close = get_close_matches(name, self._named, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"set 'database.connections.{name}.url' on this robot"
            raise InvalidParamsError(f"the settings have no database connection {name!r}; {hint}")
        return self._named[name]

    async def target(self, shown_as: str, named: Named) -> Target:
        """Read where a connection of the settings leads."""
        address = read_address(named.url, _SCHEMES)
        password = address.password or ""
        if named.password:
            password = await self._secrets.resolve(named.password)
        conceal(password)
        return Target(
            scheme=address.scheme,
            shown_as=shown_as,
            host=address.host,
            port=address.port,
            user=address.user,
            password=password,
            database=address.database,
            tls=named.tls,
            authorities=named.authorities,
            size=named.size,
            statement_timeout=named.statement_timeout,
            read_only=named.read_only,
        )

    async def written(self, server: Server) -> Target:
        """Read where a connection leads that a step wrote itself.

        Raises:
            InvalidParamsError: steps must not.
        """
        if self._only_named:
            raise InvalidParamsError(
                "steps may only use the database connections of this robot's settings; name one of them"
            )
        address = read_address(server.url, _SCHEMES)
        conceal(server.password or "")
        target = await self.target(address.shown_as, Named(server.url, tls=server.tls))
        return target if server.password is None else replace(target, password=server.password)


def _mysql_connections() -> MysqlConnections | None:
    if find_spec("aiomysql") is None:
        return None
    from activities.drivers.database.mysql import MysqlConnections  # noqa: PLC0415 - optional

    return MysqlConnections()


class _StepDatabase(Database):
    def __init__(self, databases: Databases, call: StepCall, workspace: Workspace) -> None:
        self._databases = databases
        self._call = call
        self._workspace = workspace

    @property
    @override
    def workspace(self) -> Workspace:
        return self._workspace

    @override
    @asynccontextmanager
    async def connected(self, connection: Connection, *, reading: bool = False) -> AsyncIterator[Link]:
        async with AsyncExitStack() as stack:
            yield await self._link(stack, connection, reading=reading)

    async def _link(self, stack: AsyncExitStack, connection: Connection, *, reading: bool) -> Link:
        databases, call = self._databases, self._call
        match connection:
            case DatabaseFile(file=path):
                return await stack.enter_async_context(self._file(path, reading=reading))
            case Server():
                target = await databases.written(connection)
                return await stack.enter_async_context(databases.server(target, call, EFFECTS_TABLE))
            case str():
                named = databases.named(connection)
                if named.path is not None:
                    read_only = reading or named.read_only
                    limit = named.statement_timeout
                    kept = await stack.enter_async_context(opened(named.path, read_only=read_only, limit=limit))
                    return SqliteLink(kept, call, effects_table=named.effects_table)
                target = await databases.target(connection, named)
                return await stack.enter_async_context(databases.server(target, call, named.effects_table))

    @asynccontextmanager
    async def _file(self, path: str, *, reading: bool) -> AsyncIterator[Link]:
        """Open a copy of a file of the run; one that was written counts when all went well."""
        files = self._workspace
        async with AsyncExitStack() as stack:
            if reading:
                place = await stack.enter_async_context(files.reading(path))
            else:
                place = await stack.enter_async_context(files.writing(path))
                await asyncio.to_thread(place.touch)
                if files.exists(path):
                    before = await stack.enter_async_context(files.reading(path))
                    await asyncio.to_thread(shutil.copyfile, before, place)
            kept = await stack.enter_async_context(opened(place, read_only=reading))
            yield SqliteLink(kept, self._call, effects_table=EFFECTS_TABLE)
