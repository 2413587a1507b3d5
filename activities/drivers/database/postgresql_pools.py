"""Connections to PostgreSQL servers, shared between steps."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from activities.drivers.database.place import Target, all_in_use
from activities.drivers.database.postgresql_errors import explained
from activities.drivers.database.tls import tls_of
from activities.drivers.database.values import read_json
from workflows.errors import InvalidParamsError, ServerUnreachableError, UntrustedServerError

LOST = (asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What asyncpg raises when a connection is not there any more."""
_MOST_POOLS = 20
_IDLE = 60.0
"""Seconds after which a connection is closed that nobody used."""
_CONNECTING = 10.0
"""Seconds, at most."""
_CLOSING = 5.0
_NO_TLS = "rejected SSL upgrade"
_NO_SUCH_DATABASE = "3D000"


class PostgresqlPools:
    """A few connections to each server; the one that was used longest ago is given up where there are too many."""

    def __init__(self) -> None:
        self._pools: OrderedDict[Target, Any] = OrderedDict()
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def lend(self, target: Target, *, patience: float) -> AsyncIterator[Any]:
        """Have a connection for as long as the block lasts.

        Raises:
            ServerUnreachableError: there is no server.
            ServerFailedError: all connections are in use.
            AccessDeniedError: it does not accept the user.
            UntrustedServerError: it has no certificate that is trusted.
        """
        pool = await self._pool(target)
        connection = await _living(pool, target, patience)
        try:
            yield connection
        finally:
            await _released(pool, connection)

    async def close(self) -> None:
        """Close all connections."""
        pools, self._pools = list(self._pools.values()), OrderedDict()
        for pool in pools:
            await _closed(pool)

    async def _pool(self, target: Target) -> Any:  # noqa: ANN401 - asyncpg's own class
        async with self._turn:
            if target not in self._pools:
                await self._make_room()
                self._pools[target] = await asyncpg.create_pool(
                    host=target.host,
                    port=target.port or 5432,
                    user=target.user,
                    password=target.password,
                    passfile=os.devnull,  # the robot's own passwords are for nobody's documents
                    database=target.database,
                    ssl=await asyncio.to_thread(tls_of, target) or False,
                    connect=_connected_anyhow if target.tls == "prefer" else None,
                    min_size=0,
                    max_size=target.size,
                    max_inactive_connection_lifetime=_IDLE,
                    timeout=_CONNECTING,
                    statement_cache_size=0,  # kept statements break when a table changes, and behind poolers
                    server_settings=_settings(target),
                    init=_prepare,
                    reset=_forget,
                )
            self._pools.move_to_end(target)
            return self._pools[target]

    async def _make_room(self) -> None:
        for target, pool in list(self._pools.items()):
            if len(self._pools) < _MOST_POOLS:
                return
            if pool.get_idle_size() == pool.get_size():
                del self._pools[target]
                await _closed(pool)


async def _living(pool: Any, target: Target, patience: float) -> Any:  # noqa: ANN401 - asyncpg's own
    """Have a connection that did not die while nobody used it: nothing has been done yet that could be in doubt."""
    for _ in range(target.size):
        connection = await _acquired(pool, target, patience)
        try:
            await connection.execute("select 1")
        except (asyncpg.PostgresError, *LOST):
            with suppress(asyncpg.InterfaceError):  # the pool may have let go of it already
                connection.terminate()
            await _released(pool, connection)
        else:
            return connection
    return await _acquired(pool, target, patience)


async def _released(pool: Any, connection: Any) -> None:  # noqa: ANN401 - asyncpg's own
    """Give a connection back; where that fails the pool lets go of it, and what was done is done."""
    with suppress(asyncpg.PostgresError, *LOST):
        await pool.release(connection, timeout=_CLOSING)


async def _acquired(pool: Any, target: Target, patience: float) -> Any:  # noqa: ANN401 - asyncpg's own
    place = target.shown_as
    full = pool.get_size() >= target.size and not pool.get_idle_size()
    try:
        return await pool.acquire(timeout=patience)
    except asyncpg.PostgresError as error:
        if error.sqlstate == _NO_SUCH_DATABASE:
            raise InvalidParamsError(f"there is no such database as {place!r}: {error.args[0]}") from error
        raise explained(error, acted=False, place=str) from error
    except ssl.SSLCertVerificationError as error:
        raise UntrustedServerError(
            f"the certificate of the database {place!r} is not trusted: {error.verify_message}; name its authority in "
            "the connection's 'ca'"
        ) from error
    except TimeoutError as error:
        if full:
            raise all_in_use(target, patience) from error
        raise ServerUnreachableError(f"the database {place!r} cannot be reached: no connection in time") from error
    except LOST as error:
        raise ServerUnreachableError(f"the database {place!r} cannot be reached: {_told(error)}") from error


async def _connected_anyhow(dsn: None, **facts: Any) -> Any:  # noqa: ANN401 - asyncpg's own
    """Connect by TLS or, to a server that has none, without.

    asyncpg's own way to do so would offer the server the certificates of whoever runs this robot.
    """
    try:
        return await asyncpg.connect(dsn, **facts)
    except ConnectionError as error:
        if _NO_TLS not in str(error):
            raise
    return await asyncpg.connect(dsn, **{**facts, "ssl": False})


async def _prepare(connection: Any) -> None:  # noqa: ANN401 - asyncpg's own class
    """Have values as they are: JSON as what it says, months not as thirty days, `real` with the digits it shows."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, schema="pg_catalog", encoder=str, decoder=read_json, format="text")
    await connection.set_type_codec("interval", schema="pg_catalog", encoder=str, decoder=str, format="text")
    await connection.set_type_codec("float4", schema="pg_catalog", encoder=str, decoder=float, format="text")


async def _forget(connection: Any) -> None:  # noqa: ANN401 - asyncpg's own class
    """Leave nothing of a step to the next: no role, no setting, no temporary table, no lock."""
    if connection.is_in_transaction():
        await connection.execute("rollback")
    await connection.execute("discard all")


def _settings(target: Target) -> dict[str, str]:
    settings = {
        "application_name": "aether",
        "intervalstyle": "iso_8601",
        "idle_in_transaction_session_timeout": "60s",  # a robot that hangs must not hold locks
    }
    if target.statement_timeout:
        settings["statement_timeout"] = f"{int(target.statement_timeout.total_seconds() * 1000)}"
    if target.read_only:
        settings["default_transaction_read_only"] = "on"
    return settings


async def _closed(pool: Any) -> None:  # noqa: ANN401 - asyncpg's own class
    try:
        async with asyncio.timeout(_CLOSING):
            await pool.close()
    except TimeoutError:
        pool.terminate()


def _told(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
