"""What a database step costs with connections that are shared, and without.

Run `python -m benchmarks.databases`. A real PostgreSQL on this machine, the wrapper that robots use, no Temporal
server. All ways take turns; the figures to quote are the ratios.

- *pool*: a query by a step, with the robot's pool, and with a robot that connects anew for each step.
- *bare*: the same query through asyncpg on a connection that is open.
- *exactly once*: an insert that keeps a record of its step, and one that does not.
- *rows*: 20,000 records by `execute_many`, and by `copy_in`.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog

from activities.drivers.database.databases import Databases
from activities.drivers.database.place import Named
from activities.nodes.database.copy_in import copy_in
from activities.nodes.database.execute import execute
from activities.nodes.database.execute_many import execute_many
from activities.nodes.database.query import query
from tests.support.postgres import USER, Postgres, postgres
from tests.support.steps import KnownSecrets, Steps

ROUNDS = 100
ROWS = 20_000
ASK = "select id, name from article where id = :id"

Way = Callable[[], Awaitable[object]]


async def main() -> None:
    """Measure and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    async with postgres() as server:
        await server.run("create table article (id int primary key, name text)")
        await server.run("insert into article select n, 'article ' || n from generate_series(1, 1000) as n")
        with tempfile.TemporaryDirectory() as directory:
            await compare(server, Path(directory))


async def compare(server: Postgres, directory: Path) -> None:
    """Let all ways take turns."""
    databases, forgetful = robot(server), robot(server)
    for name in ("kept", "anew"):
        (directory / name).mkdir()
    steps, anew = Steps(directory / "kept", databases.provider()), Steps(directory / "anew", forgetful.provider())
    bare = await server.connect()

    async def ask(whose: Steps = steps) -> object:
        return await whose.do(query, {"connection": "shop", "sql": ASK, "params": {"id": 7}})

    async def ask_anew() -> object:
        await ask(anew)
        await close(forgetful)
        return None

    async def ask_bare() -> object:
        return await bare.fetch(ASK.replace(":id", "$1"), 7)

    async def insert(*, exactly_once: bool) -> object:
        params = {"connection": "shop", "sql": "insert into article values (:id, 'x')", "exactly_once": exactly_once}
        params["params"] = {"id": uuid4().int % 2**31}
        return await steps.do(execute, params, key=uuid4().hex)

    asked = await measured({"pool": ask, "anew": ask_anew, "bare": ask_bare})
    written = await measured(
        {"plain": lambda: insert(exactly_once=False), "exactly once": lambda: insert(exactly_once=True)}
    )
    show("a query by a step, shared connections, ms", asked["pool"])
    show("with a connection of its own", asked["anew"], asked["pool"])
    show("asyncpg alone", asked["bare"], asked["pool"])
    show("an insert by a step, ms", written["plain"])
    show("exactly once", written["exactly once"], written["plain"])
    await bulk(steps)
    await bare.close()
    await close(databases)


async def bulk(steps: Steps) -> None:
    """Add many rows in two ways."""
    records = [{"id": -number, "name": f"more {number}"} for number in range(1, ROWS + 1)]
    many = {"sql": "insert into article (id, name) values (:id, :name)", "records": records}
    took = []
    for node, params in ((execute_many, many), (copy_in, {"table": "article", "records": records})):
        began = time.perf_counter()
        await steps.do(node, {"connection": "shop", **params}, timeout=120.0)
        took.append(time.perf_counter() - began)
        await steps.do(execute, {"connection": "shop", "sql": "delete from article where id < 0"})
    show(f"{ROWS} records by execute_many, s", took[0])
    show("by copy_in", took[1], took[0])


async def measured(ways: dict[str, Way]) -> dict[str, float]:
    """Median milliseconds of each way."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.perf_counter()
            await way()
            times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(taken) for name, taken in times.items()}


def robot(server: Postgres) -> Databases:
    """Have a robot that knows the server."""
    shop = Named(f"postgresql://{USER}@127.0.0.1:{server.port}/postgres", password="it")  # noqa: S106 - its name
    return Databases({"shop": shop}, KnownSecrets({"it": server.password}))


async def close(databases: Databases) -> None:
    """Have no connection."""
    give_back: Any = databases.provider().close
    await give_back()


def show(what: str, value: float, beside: float | None = None) -> None:
    """Print a row of the table."""
    ratio = f"{value / beside:6.2f}x" if beside else ""
    print(f"{what:<45}{value:>10.2f}  {ratio}")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
