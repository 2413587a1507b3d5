from __future__ import annotations

from typing import Any

import pytest

from activities.nodes.database.execute import execute
from activities.nodes.database.query import query
from tests.support.postgres import Postgres
from tests.support.steps import Steps, failure_of
from workflows.call import SecretRef, SecretSlot


async def found(steps: Steps, sql: str, connection: Any = "shop", **params: Any) -> Any:
    return await steps.do(query, {"connection": connection, "sql": sql, "params": params})


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("1.50::numeric", 1.5),
        ("7::numeric(20)", 7),
        ("12345678901234567.89::numeric", "12345678901234567.89"),
        ("'NaN'::numeric", "NaN"),
        ("'-Infinity'::float8", "-Infinity"),
        ("array[0.1, 'NaN']::real[]", [0.1, "NaN"]),
        ("9223372036854775807", 9223372036854775807),
        ("'2026-01-31'::date", "2026-01-31"),
        ("'2026-01-31 08:00+02'::timestamptz", "2026-01-31T06:00:00+00:00"),
        ("'2026-01-31 08:00'::timestamp", "2026-01-31T08:00:00"),
        ("'infinity'::timestamptz", "infinity"),
        ("'-infinity'::date", "-infinity"),
        ("'08:30'::time", "08:30:00"),
        ("'1 month 2 hours'::interval", "P1MT2H"),
        ("'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::uuid", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("'\\xff00'::bytea", "/wA="),
        ("'{\"a\": [0.1, 12345678901234567890.5, null]}'::jsonb", {"a": [0.1, "12345678901234567890.5", None]}),
        ("array[[1,2],[3,null]]", [[1, 2], [3, None]]),
        ("row(1, 'a')", [1, "a"]),
        ("'[1,5)'::int4range", "[1,5)"),
        ("'[2026-01-31,)'::daterange", "[2026-01-31,)"),
        ("'empty'::int4range", "empty"),
        ("b'101'", "101"),
        ("'10.0.0.1/8'::inet", "10.0.0.1/8"),
        ("null", None),
        ("'Zoë 🎉'", "Zoë 🎉"),
    ],
)
async def test_a_value_arrives_as_the_database_has_it(steps: Steps, sql: str, expected: Any) -> None:
    output = await found(steps, f"select {sql} as it")

    assert [{"it": expected}] == output["records"]


async def test_a_value_is_read_by_the_type_that_the_statement_needs(steps: Steps) -> None:
    sql = """
        select :day::date + 1 as day, :ids::int[] as ids, :notes::jsonb as notes, :amount * 2.0 as amount,
               :flag::bool as flag, :bytes::bytea as bytes, :names::text[] as names, :nothing::int as nothing
    """
    names = ['a"b\\', "NULL", None, ""]

    output = await found(
        steps,
        sql,
        day="2026-01-31",
        ids=[1, None, "3"],
        notes={"a": [1, "ü"]},
        amount="1.25",
        flag=True,
        bytes="/wA=",
        names=names,
        nothing=None,
    )

    assert {
        "day": "2026-02-01",
        "ids": [1, None, 3],
        "notes": {"a": [1, "ü"]},
        "amount": 2.5,
        "flag": True,
        "bytes": "/wA=",
        "names": names,
        "nothing": None,
    } == output["records"][0]


async def test_what_only_looks_like_a_name_is_left_alone(steps: Steps) -> None:
    sql = """
        select ':a' as ":b", E'\\':c', $tag$ :d $tag$, :it::text, '10:30'::time::text -- :e
        /* :f /* :g */ :h */
    """

    output = await found(steps, sql, it="x")

    assert [":a", "':c", " :d ", "x", "10:30:00"] == list(output["records"][0].values())


async def test_a_value_is_never_part_of_the_statement(steps: Steps) -> None:
    hostile = "'; drop table pg_class; --"

    output = await found(steps, "select :it as it", it=hostile)

    assert [{"it": hostile}] == output["records"]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select :day frm x wher", "syntax error at or near \"x\" (line 1, column 17, at 'x wher')"),
        ("select :day::date,\n  nosuch from article", "line 2, column 15, at 'article'"),
        ("select nosuch(:day)", "function nosuch(unknown) does not exist"),
        ("select 1; select :day", "cannot insert multiple commands"),
        ("commit -- :day", "'commit' begins or ends a transaction"),
        ("copy (select :day) to stdout", "use a 'database.copy_in' or 'database.copy_out' step"),
        ("select $1, :day", "expected values by name such as ':amount', found '$1'"),
        ("-- :day", "expected an SQL statement, found none"),
        ("select :day, :other", "the statement has ':other', but 'params' has no such value"),
        ("select 1", "'params' has 'day', but the statement has no ':day'"),
    ],
)
async def test_what_is_wrong_with_a_statement_is_told_with_its_place(steps: Steps, sql: str, message: str) -> None:
    error = await failure_of(found(steps, sql, day="2026-01-31"))

    assert ("InvalidParamsError", False) == (error.type, error.acted)
    assert message in error.message


async def test_columns_of_one_name_are_told_apart(steps: Steps) -> None:
    output = await found(steps, "select 1 as id, 2 as id")

    assert ["id", "id_2"] == output["columns"]
    assert [{"id": 1, "id_2": 2}] == output["records"]


async def test_a_query_changes_nothing(steps: Steps) -> None:
    await steps.do(execute, {"connection": "shop", "sql": "create table article (name text)"})

    error = await failure_of(found(steps, "insert into article values ('Pen') returning name"))

    assert "InvalidParamsError" == error.type
    assert "cannot execute INSERT in a read-only transaction" in error.message
    assert [] == (await found(steps, "select * from article"))["records"]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select * from generate_series(1, 10001)", "more than 10000 rows; write them to a file with 'save_as'"),
        ("select repeat('x', 1000000) from generate_series(1, 10)", "more than 4 MiB; write them to a file"),
    ],
)
async def test_more_than_a_run_can_carry_is_refused(steps: Steps, sql: str, message: str) -> None:
    error = await failure_of(found(steps, sql))

    assert "ResultTooLargeError" == error.type
    assert message in error.message


async def test_any_number_of_rows_goes_into_a_file(steps: Steps) -> None:
    sql = "select n, n || 'ü' as text, null as nothing from generate_series(1, 20000) as n"

    output = await steps.do(query, {"connection": "shop", "sql": sql, "save_as": "out/rows.csv"})

    content = (await steps.content("out/rows.csv")).decode().splitlines()
    assert (20000, [], "out/rows.csv") == (output["count"], output["records"], output["path"])
    assert ["n,text,nothing", "1,1ü,", "20000,20000ü,"] == [content[0], content[1], content[-1]]


async def test_a_file_of_the_run_is_asked_like_a_server(steps: Steps) -> None:
    shop = {"file": "shop.db"}
    for sql in ("create table article (id integer primary key, name text, price numeric)",
                "insert into article (name, price) values ('Pen', 1.1), ('Ink', 4)"):  # fmt: skip
        await steps.do(execute, {"connection": shop, "sql": sql})

    output = await found(steps, "select name, price, :x as x from article where price > :least", shop, least=2, x=[1])

    assert [{"name": "Ink", "price": 4, "x": "[1]"}] == output["records"]


@pytest.mark.parametrize(
    ("sql", "kind", "message"),
    [
        ("select * from nosuch", "InvalidParamsError", "no such table: nosuch"),
        ("select 1; select 2", "InvalidParamsError", "one statement at a time"),
        ("create table other (id)", "InvalidParamsError", "readonly database"),
        ("attach '/etc/passwd' as other", "InvalidParamsError", "not authorized"),
    ],
)
async def test_what_a_file_refuses_is_told(steps: Steps, sql: str, kind: str, message: str) -> None:
    await steps.do(execute, {"connection": {"file": "shop.db"}, "sql": "create table article (id)"})

    error = await failure_of(found(steps, sql, {"file": "shop.db"}))

    assert (kind, False) == (error.type, error.acted)
    assert message in error.message


async def test_a_file_that_is_no_database_is_refused(steps: Steps) -> None:
    await steps.put("shop.db", b"no database at all" * 100)

    error = await failure_of(found(steps, "select * from article", {"file": "shop.db"}))

    assert "InvalidFileError" == error.type


async def test_a_connection_nobody_has_set_is_named(steps: Steps) -> None:
    error = await failure_of(found(steps, "select 1", "shoop"))

    assert "the settings have no database connection 'shoop'; did you mean 'shop'?" == error.message


async def test_a_server_is_named_by_the_step_and_its_password_by_a_secret(
    steps: Steps, postgres_server: Postgres
) -> None:
    address = f"postgresql://postgres@127.0.0.1:{postgres_server.port}/postgres"
    steps.workbench.secrets.values["it"] = postgres_server.password  # type: ignore[attr-defined]
    slot = SecretSlot(path=("connection", "password"), parts=(SecretRef(secret="it"),))

    output = await steps.do(
        query,
        {"connection": {"url": address, "password": None}, "sql": "select current_user as it"},
        slots=[slot],
    )

    assert [{"it": "postgres"}] == output["records"]


@pytest.mark.parametrize(
    ("url", "kind", "message"),
    [
        ("postgresql://ann:{wrong}@127.0.0.1:{port}/postgres", "AccessDeniedError", "password authentication failed"),
        ("postgresql://postgres:{right}@127.0.0.1:{port}/nosuch", "InvalidParamsError", "there is no such database"),
        ("postgresql://ann:{wrong}@127.0.0.1:1/postgres", "ServerUnreachableError", "cannot be reached"),
        ("oracle://ann:{wrong}@127.0.0.1/shop", "InvalidAddressError", "begins with 'postgresql://'"),
        ("postgresql://ann:{wrong}@127.0.0.1/shop?sslmode=off", "InvalidAddressError", "cannot say 'sslmode'"),
        ("postgresql://127.0.0.1/shop", "InvalidAddressError", "needs a user, a host and a name"),
        ("postgresql://ann:{wrong}@[::1/shop", "InvalidAddressError", "cannot be read"),
    ],
)
async def test_a_server_that_cannot_be_had_is_told_without_its_password(
    steps: Steps, postgres_server: Postgres, url: str, kind: str, message: str
) -> None:
    written = url.format(wrong="wrong-password", right=postgres_server.password, port=postgres_server.port)

    error = await failure_of(found(steps, "select 1", {"url": written}))

    assert (kind, False) == (error.type, error.acted)
    assert message in error.message
    assert "password@" not in str(error)
    assert "wrong-password" not in str(error)
