from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.database.databases import Databases
from activities.drivers.database.place import Named
from activities.nodes.database.execute import execute
from activities.nodes.database.query import query
from tests.support.certificate import signed_by
from tests.support.cut import encrypted
from tests.support.postgres import USER, Postgres
from tests.support.steps import KnownSecrets, Steps, failure_of

ASLEEP = "select 1 from pg_stat_activity where query like 'select pg_sleep(60)%' and state = 'active'"
WAKE = "select pg_cancel_backend(pid) from pg_stat_activity where query like 'select pg_sleep(60)%'"


@pytest.fixture
async def databases(postgres_server: Postgres) -> AsyncIterator[Databases]:
    """A robot with databases of its own."""
    address = f"postgresql://{USER}@127.0.0.1:{postgres_server.port}/postgres"
    named = {
        "shop": Named(address, password="it"),
        "one": Named(address, password="it", size=1),
        "strict": Named(address, password="it", tls="require"),
    }
    made = Databases(named, KnownSecrets({"it": postgres_server.password}))
    yield made
    await close(made)


@pytest.fixture
def steps(tmp_path: Path, databases: Databases) -> Steps:
    return Steps(tmp_path, databases.provider())


async def close(databases: Databases) -> None:
    provider = databases.provider()
    assert provider.close is not None
    await provider.close()


async def ask(steps: Steps, sql: str, connection: Any = "shop", **facts: Any) -> Any:
    return await steps.do(query, {"connection": connection, "sql": sql}, **facts)


async def test_a_thousand_queries_share_ten_connections_and_leave_none(
    steps: Steps, databases: Databases, postgres_server: Postgres
) -> None:
    who = "select pid from pg_stat_activity where application_name = 'aether' and datname = 'postgres'"
    before = {row["pid"] for row in await postgres_server.run(who)}

    found = []
    for _ in range(20):
        found += await asyncio.gather(*(ask(steps, "select pg_backend_pid() as it", timeout=60.0) for _ in range(50)))

    during = {row["pid"] for row in await postgres_server.run(who)} - before
    await close(databases)
    after = {row["pid"] for row in await postgres_server.run(who)} - before
    assert {output["records"][0]["it"] for output in found} <= during
    assert 10 == len(during)
    assert set() == after


async def test_a_step_leaves_nothing_of_its_own_to_the_next(steps: Steps) -> None:
    for sql in ("set role pg_monitor", "set datestyle = 'SQL, DMY'", "create temporary table mine (id int)"):
        await steps.do(execute, {"connection": "one", "sql": sql})

    output = await ask(
        steps,
        "select current_user::text as who, current_setting('datestyle') as style, to_regclass('mine')::text as mine",
        "one",
    )

    assert [{"who": "postgres", "style": "ISO, MDY", "mine": None}] == output["records"]


async def test_a_step_that_gets_no_connection_says_who_has_them(steps: Steps) -> None:
    busy = asyncio.create_task(failure_of(ask(steps, "select pg_sleep(60)", "one", timeout=60.0)))
    while not (await ask(steps, ASLEEP))["count"]:
        pass

    error = await failure_of(ask(steps, "select 1", "one", timeout=4))

    await steps.do(execute, {"connection": "shop", "sql": WAKE})
    await busy
    assert ("ServerFailedError", False) == (error.type, error.acted)
    assert "all 1 connections to the database 'one' were in use for 2s" in error.message


async def test_a_step_that_is_stopped_ends_its_statement_and_gives_its_connection_back(
    steps: Steps, postgres_server: Postgres
) -> None:
    error = await failure_of(ask(steps, "select pg_sleep(60), 'stopped'", "one", timeout=2))

    output = await ask(steps, "select 1 as it", "one")
    left = await postgres_server.run(
        "select 1 from pg_stat_activity where query like '%''stopped''' and state = 'active'"
    )
    assert "StepTimeoutError" == error.type
    assert [{"it": 1}] == output["records"]
    assert [] == left


async def test_a_server_that_ended_its_connections_is_connected_anew(steps: Steps, postgres_server: Postgres) -> None:
    await ask(steps, "select 1")
    await postgres_server.run(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'aether'"
    )

    output = await ask(steps, "select 2 as it")

    assert [{"it": 2}] == output["records"]


async def test_a_server_without_tls_is_refused_where_tls_is_required(steps: Steps) -> None:
    error = await failure_of(ask(steps, "select 1", "strict"))

    assert ("ServerUnreachableError", False) == (error.type, error.acted)
    assert "rejected SSL upgrade" in error.message


@pytest.mark.parametrize(
    ("tls", "trusted", "kind"),
    [
        ("verify", True, None),
        ("verify", False, "UntrustedServerError"),
        ("require", False, None),
        ("prefer", False, None),
        ("off", False, "ServerUnreachableError"),
    ],
)
async def test_a_certificate_is_checked_where_that_is_asked(
    tmp_path: Path, postgres_server: Postgres, tls: Any, kind: str | None, *, trusted: bool
) -> None:
    authority = signed_by(None, "authority")
    (tmp_path / "ca.pem").write_bytes(authority.certificate_pem)
    context = signed_by(authority, "database").server_context(trusting=authority)
    async with encrypted(postgres_server.port, context) as port:
        address = f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        shop = Named(address, password="it", tls=tls, authorities=tmp_path / "ca.pem" if trusted else None)
        databases = Databases({"shop": shop}, KnownSecrets({"it": postgres_server.password}))
        asking = ask(Steps(tmp_path, databases.provider()), "select 1", timeout=4.0 if tls == "off" else 20.0)

        error = None if kind is None else (await failure_of(asking)).type
        output = await asking if kind is None else None
        await close(databases)

    assert kind == error
    assert (kind is None) == (output is not None)
