"""A real MariaDB server, on machines that have one installed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiomysql

from workers.ports import free_ports

SERVER = shutil.which("mariadbd", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
USER, PASSWORD = "ann", "hunter22-maria"

_SCRIPTS = Path("/usr/share/mysql")
_TABLES = ("mysql_system_tables.sql", "mysql_performance_tables.sql", "mysql_system_tables_data.sql")
_OPTIONS = ("--no-defaults", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M")
_NOBODY = "nobody"


@dataclass(frozen=True)
class Maria:
    """A server on a free local port, with a database `shop`."""

    port: int
    socket: Path

    def url_of(self, database: str = "shop") -> str:
        """Where one of its databases is."""
        return f"mysql://{USER}@127.0.0.1:{self.port}/{database}"

    async def clear(self) -> None:
        """Empty its database."""
        await self.run("drop database shop")
        await self.run("create database shop character set utf8mb4")

    async def run(self, sql: str) -> list[Any]:
        """Do something as its owner, past the robot."""
        connection = await aiomysql.connect(unix_socket=str(self.socket), user="root", autocommit=True)
        try:
            cursor = await connection.cursor()
            await cursor.execute(sql)
            return list(await cursor.fetchall())
        finally:
            connection.close()


@asynccontextmanager
async def mariadb() -> AsyncIterator[Maria]:
    """Serve for as long as the block lasts."""
    home = await asyncio.to_thread(_home)
    (port,) = free_ports(1)
    server = Maria(port, home / "socket")
    place = (f"--datadir={home / 'data'}", f"--socket={server.socket}")
    try:
        with (home / "first.sql").open("rb") as first:
            process = await _start(home, *_OPTIONS, *place, "--bootstrap", stdin=first.fileno())
            assert await process.wait() == 0, (home / "log").read_text()
        network = (f"--port={port}", "--bind-address=127.0.0.1", "--skip-name-resolve")
        process = await _start(home, *_OPTIONS, *place, *network, "--innodb-flush-log-at-trx-commit=0", stdin=DEVNULL)
        try:
            await _ready(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            await process.wait()
    finally:
        await asyncio.to_thread(shutil.rmtree, home, ignore_errors=True)


async def _ready(server: Maria, process: Process) -> None:
    async with asyncio.timeout(120):
        while process.returncode is None:
            try:
                await server.run("select 1")
            except aiomysql.OperationalError:
                await asyncio.sleep(0.05)
            else:
                return
    msg = f"MariaDB ended with {process.returncode}"
    raise AssertionError(msg)


def _home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="aether-mariadb-", dir="/tmp"))
    (home / "data" / "mysql").mkdir(parents=True)
    tables = [(_SCRIPTS / name).read_text(encoding="utf-8") for name in _TABLES]
    own = f"""
        update mysql.global_priv set priv = json_object('access', 18446744073709551615) where user = 'root';
        flush privileges;
        create database shop character set utf8mb4;
        create user {USER}@'127.0.0.1' identified by '{PASSWORD}';
        grant all on shop.* to {USER}@'127.0.0.1';
    """  # noqa: S608 - nobody else's
    (home / "first.sql").write_text("\n".join(["use mysql;", *tables, own]), encoding="utf-8")
    if os.geteuid() == 0:
        for each in (home, *home.rglob("*")):
            shutil.chown(each, _NOBODY)
    return home


async def _start(home: Path, *options: str, stdin: int) -> Process:
    whose: dict[str, Any] = {"user": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    assert SERVER is not None
    with (home / "log").open("ab") as log:
        return await asyncio.create_subprocess_exec(SERVER, *options, stdin=stdin, stdout=log, stderr=STDOUT, **whose)
