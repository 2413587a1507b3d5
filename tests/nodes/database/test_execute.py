from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.database.databases import Databases
from activities.drivers.database.place import Named
from activities.nodes.database.execute import execute
from activities.nodes.database.query import query
from tests.support.cut import wire
from tests.support.postgres import USER, Postgres
from tests.support.steps import KnownSecrets, Steps, failure_of
from workflows.spec import Effect

Rows = Callable[[str], Awaitable[list[Any]]]

ARTICLE = """
    create table article (
        id int primary key, name varchar(5) not null, price numeric check (price > 0), constraint one_name unique (name)
    )
"""


async def done(steps: Steps, sql: str, connection: Any = "shop", **others: Any) -> Any:
    return await steps.do(execute, {"connection": connection, "sql": sql, **others})


@pytest.fixture
async def article(steps: Steps) -> None:
    """A table with one row."""
    await done(steps, ARTICLE)
    await done(steps, "insert into article values (1, 'Pen', 1.1)")


@pytest.mark.usefixtures("article")
async def test_a_statement_tells_what_it_did(steps: Steps, rows: Rows) -> None:
    params = {"id": "2", "name": "Ink", "price": "4.50"}

    added = await done(steps, "insert into article values (:id, :name, :price) returning id, price", params=params)
    changed = await done(steps, "update article set price = price * 2")

    assert {"count": 1, "records": [{"id": 2, "price": 4.5}], "repeated": False} == added
    assert {"count": 2, "records": [], "repeated": False} == changed
    assert [("2.2",), ("9.00",)] == await rows("select price::text from article order by id")


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize(
    ("sql", "details"),
    [
        ("insert into article values (1, 'Ink', 4)", {"constraint": "article_pkey"}),
        ("insert into article values (2, 'Pen', 4)", {"constraint": "one_name"}),
        ("insert into article values (2, 'Ink', -4)", {"constraint": "article_price_check"}),
        ("insert into article values (2, null, 4)", {"column": "name"}),
        ("insert into article values (2, 'Inkpot', 4)", {"sqlstate": "22001"}),
        ("insert into article values (2, 'Ink', 'four'::numeric)", {"sqlstate": "22P02"}),
        ("do $$ begin raise 'closed on Sundays'; end $$", {"sqlstate": "P0001"}),
    ],
)
async def test_what_the_data_breaks_is_for_a_person_to_decide(steps: Steps, sql: str, details: dict[str, str]) -> None:
    error = await failure_of(done(steps, sql))

    assert isinstance(error.details, dict)
    assert ("RequestRefusedError", "business", False) == (error.type, error.kind, error.acted)
    assert details == {name: error.details[name] for name in details}


async def test_who_may_not_is_told_so(steps: Steps, postgres_server: Postgres) -> None:
    await postgres_server.run(
        "do $$ begin if not exists (select from pg_roles where rolname = 'clerk') then "
        "create role clerk login password 'clerk-password'; end if; end $$"
    )
    clerk = {"url": postgres_server.url_of("postgres", user="clerk", password="clerk-password")}

    error = await failure_of(done(steps, "create table article (id int)", clerk))
    needed = await failure_of(done(steps, "select 1", clerk, exactly_once=True))

    assert ("AccessDeniedError", False) == (error.type, error.acted)
    assert "AccessDeniedError" == needed.type
    assert 'create table "aether_effects" (key text primary key' in needed.message


@pytest.mark.usefixtures("article")
async def test_another_number_of_rows_than_expected_changes_nothing(steps: Steps, rows: Rows) -> None:
    error = await failure_of(done(steps, "delete from article", expect_count=2))

    assert ("RequestRefusedError", False) == (error.type, error.acted)
    assert "was to write 2 rows, but wrote 1" in error.message
    assert [(1,)] == await rows("select count(*) from article")


@pytest.mark.usefixtures("article")
async def test_a_connection_for_reading_only_reads(steps: Steps) -> None:
    error = await failure_of(done(steps, "delete from article", "looked_at"))

    assert ("InvalidParamsError", False) == (error.type, error.acted)


async def test_a_statement_takes_no_longer_than_its_connection_allows(
    tmp_path: Path, postgres_server: Postgres
) -> None:
    address = f"postgresql://{USER}@127.0.0.1:{postgres_server.port}/postgres"
    named = Named(address, password="it", statement_timeout=timedelta(milliseconds=500))
    databases = Databases({"shop": named}, KnownSecrets({"it": postgres_server.password}))
    provider = databases.provider()

    error = await failure_of(done(Steps(tmp_path, provider), "select pg_sleep(20)"))

    assert provider.close is not None
    await provider.close()
    assert ("ServerFailedError", False) == (error.type, error.acted)
    assert "statement timeout" in error.message


@pytest.mark.parametrize("shop", ["shop", "kept", {"file": "shop.db"}], ids=["server", "kept", "file"])
async def test_a_step_that_is_repeated_gives_the_first_result(steps: Steps, shop: Any) -> None:
    await done(steps, "create table if not exists booking (id integer)", shop)
    await done(steps, "delete from booking", shop)
    sql = "insert into booking select coalesce(max(id), 0) + 1 from booking returning id"

    first = await done(steps, sql, shop, exactly_once=True)
    again = await done(steps, sql, shop, exactly_once=True)
    other = await steps.do(execute, {"connection": shop, "sql": sql, "exactly_once": True}, key="run-1/other")

    assert {"count": 1, "records": [{"id": 1}], "repeated": False} == first
    assert {"count": 1, "records": [{"id": 1}], "repeated": True} == again
    assert {"count": 1, "records": [{"id": 2}], "repeated": False} == other


async def test_attempts_at_the_same_time_write_once(steps: Steps, rows: Rows) -> None:
    """A robot that was taken for dead may still be at it."""
    await done(steps, "create table booking (id integer)")

    results = await asyncio.gather(
        *(
            steps.outcome(
                execute, {"connection": "shop", "sql": "insert into booking values (1)", "exactly_once": True}
            )
            for _ in range(8)
        )
    )

    outputs: list[Any] = [result.output for result in results]
    assert [False] + [True] * 7 == sorted(output["repeated"] for output in outputs)
    assert [(1,)] == await rows("select count(*) from booking")


@pytest.mark.parametrize("exactly_once", [True, False])
async def test_a_connection_that_breaks_after_the_commit_leaves_no_doubt_where_a_record_is_kept(
    tmp_path: Path, steps: Steps, postgres_server: Postgres, rows: Rows, *, exactly_once: bool
) -> None:
    await done(steps, "create table booking (id integer)")
    written: dict[str, Any] = {"sql": "insert into booking values (7) returning id", "exactly_once": exactly_once}
    async with wire(postgres_server.port) as cut:
        cut.fatal = b"commit" if exactly_once else b"\x45\x00\x00\x00\x09"  # Execute, the statement itself
        shop = Named(f"postgresql://{USER}@127.0.0.1:{cut.port}/postgres", password="it")
        databases = Databases({"shop": shop}, KnownSecrets({"it": postgres_server.password}))
        (tmp_path / "robot").mkdir()
        robot = Steps(tmp_path / "robot", databases.provider())
        await robot.do(query, {"connection": "shop", "sql": "select 1"})

        error = await failure_of(done(robot, **written))
        await cut.done.wait()
        again = await done(steps, **written)

    assert ("ServerUnreachableError", None) == (error.type, error.acted)
    assert [(1 if exactly_once else 2,)] == await rows("select count(*) from booking")
    assert exactly_once == again["repeated"]


async def test_a_connection_that_breaks_before_anything_was_done_says_so(
    tmp_path: Path, postgres_server: Postgres, steps: Steps
) -> None:
    await done(steps, "create table booking (id integer)")
    async with wire(postgres_server.port) as cut:
        shop = Named(f"postgresql://{USER}@127.0.0.1:{cut.port}/postgres", password="it")
        databases = Databases({"shop": shop}, KnownSecrets({"it": postgres_server.password}))
        (tmp_path / "robot").mkdir()
        robot = Steps(tmp_path / "robot", databases.provider())
        cut.fatal = b"insert into booking"

        error = await failure_of(done(robot, "insert into booking values (1)"))

    assert ("ServerUnreachableError", False) == (error.type, error.acted)


async def test_a_step_that_keeps_a_record_may_be_repeated() -> None:
    spec = execute.spec()

    effects = [spec.effect_of({"exactly_once": value}) for value in (True, False)]

    assert [Effect.IDEMPOTENT, Effect.ONCE] == effects
