"""All database nodes with MySQL's protocol, on machines that have MariaDB."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.database.databases import Databases
from activities.drivers.database.place import Named
from activities.nodes.database.copy_in import copy_in
from activities.nodes.database.copy_out import copy_out
from activities.nodes.database.execute import execute
from activities.nodes.database.execute_many import execute_many
from activities.nodes.database.query import query
from activities.nodes.database.transaction import transaction
from tests.support.cut import wire
from tests.support.mariadb import PASSWORD, SERVER, Maria, mariadb
from tests.support.steps import KnownSecrets, Steps, failure_of

pytestmark = pytest.mark.skipif(SERVER is None, reason="no MariaDB on this machine")

ARTICLE = """
    create table article (
        id int primary key, name varchar(5) not null unique, price decimal(30, 10) check (price > 0), note text
    )
"""


@pytest.fixture(scope="module")
async def maria() -> AsyncIterator[Maria]:
    async with mariadb() as running:
        yield running


@pytest.fixture
def named(maria: Maria) -> Named:
    return Named(maria.url_of(), password="it")


@pytest.fixture
async def steps(tmp_path: Path, maria: Maria, named: Named) -> Steps:
    """A robot that knows the server in several ways, and a table."""
    await maria.clear()
    made = robot(
        tmp_path,
        shop=named,
        looked_at=replace(named, read_only=True),
        hasty=replace(named, statement_timeout=timedelta(milliseconds=500)),
        safe=replace(named, tls="require"),
        nowhere=replace(named, url=named.url + "_not"),
    )
    await do(made, ARTICLE)
    return made


def robot(directory: Path, **named: Named) -> Steps:
    return Steps(directory, Databases(named, KnownSecrets({"it": PASSWORD, "wrong": "wrong-password"})).provider())


async def ask(steps: Steps, sql: str, connection: str = "shop", **params: Any) -> Any:
    return (await steps.do(query, {"connection": connection, "sql": sql, "params": params}))["records"]


async def do(steps: Steps, sql: str, connection: str = "shop", **others: Any) -> Any:
    return await steps.do(execute, {"connection": connection, "sql": sql, **others})


async def test_values_arrive_as_the_database_has_them(steps: Steps) -> None:
    sql = """
        select 1.50 as price, 12345678901234567.89 as large, date '2026-01-31' as day, time '08:30:00' as hour,
               timestamp '2026-01-31 08:00:00' as moment, x'ff00' as bytes, null as nothing, 'Zoë 🎉' as text,
               :it as it, ':no' as no, '50 %' as percent, 5 % 3 as rest, :list as list # :no
    """

    records = await ask(steps, sql, it="a'b\\\"%s;--", list=[1, "ü"])

    assert [
        {
            "price": 1.5,
            "large": "12345678901234567.89",
            "day": "2026-01-31",
            "hour": "08:30:00",
            "moment": "2026-01-31T08:00:00",
            "bytes": "/wA=",
            "nothing": None,
            "text": "Zoë 🎉",
            "it": "a'b\\\"%s;--",
            "no": ":no",
            "percent": "50 %",
            "rest": 2,
            "list": '[1, "ü"]',
        }
    ] == records


async def test_a_statement_tells_what_it_did(steps: Steps) -> None:
    params = {"id": 1, "name": "Pen", "price": "0.10"}

    added = await do(steps, "insert into article (id, name, price) values (:id, :name, :price)", params=params)
    same = await do(steps, "update article set name = 'Pen'", expect_count=1)

    assert {"count": 1, "records": [], "repeated": False} == added == same
    assert [{"price": 0.1}] == await ask(steps, "select price from article")


@pytest.mark.parametrize(
    ("sql", "kind", "message"),
    [
        ("insert into article values (1, 'Ink', 4, null)", "RequestRefusedError", "Duplicate entry '1' for key"),
        ("insert into article values (2, 'Ink', -4, null)", "RequestRefusedError", "CONSTRAINT `article.price` failed"),
        ("insert into article values (2, null, 4, null)", "RequestRefusedError", "Column 'name' cannot be null"),
        ("insert into article values (2, 'Inkpot', 4, null)", "RequestRefusedError", "Data too long for column 'name'"),
        ("select * frm article", "InvalidParamsError", "You have an error in your SQL syntax"),
        ("select * from nosuch", "InvalidParamsError", "Table 'shop.nosuch' doesn't exist"),
        ("select 1; select 2", "InvalidParamsError", "You have an error in your SQL syntax"),
        ("select * from mysql.global_priv", "AccessDeniedError", "command denied"),
        ("signal sqlstate '45000' set message_text = 'closed'", "RequestRefusedError", "closed"),
        ("rollback", "InvalidParamsError", "'rollback' begins or ends a transaction"),
    ],
)
async def test_what_the_server_refuses_is_told(steps: Steps, sql: str, kind: str, message: str) -> None:
    await do(steps, "insert into article values (1, 'Pen', 1, null)")

    error = await failure_of(do(steps, sql))

    assert (kind, False) == (error.type, error.acted)
    assert message in error.message


@pytest.mark.parametrize(
    ("sql", "connection", "kind", "message"),
    [
        ("delete from article", "shop", "InvalidParamsError", "READ ONLY transaction"),
        ("select sleep(5)", "hasty", "ServerFailedError", "max_statement_time exceeded"),
        ("select 1", "safe", "UntrustedServerError", "does not encrypt the connection"),
        ("select 1", "nowhere", "AccessDeniedError", "Access denied"),
    ],
)
async def test_a_query_that_cannot_be_done_is_told(
    steps: Steps, sql: str, connection: str, kind: str, message: str
) -> None:
    error = await failure_of(ask(steps, sql, connection))

    assert (kind, False) == (error.type, error.acted)
    assert message in error.message


async def test_a_server_that_cannot_be_had_is_told_without_its_password(
    tmp_path: Path, maria: Maria, named: Named
) -> None:
    away = replace(named, url=named.url.replace(f":{maria.port}/", ":1/"))
    steps = robot(tmp_path, closed=replace(named, password="wrong"), away=away)

    errors = [await failure_of(ask(steps, "select 1", name)) for name in ("closed", "away")]

    assert ["AccessDeniedError", "ServerUnreachableError"] == [error.type for error in errors]
    assert "wrong-password" not in str(errors)


async def test_a_connection_for_reading_only_reads(steps: Steps) -> None:
    error = await failure_of(do(steps, "delete from article", "looked_at"))

    assert ("InvalidParamsError", False) == (error.type, error.acted)


async def test_any_number_of_rows_goes_into_a_file(steps: Steps) -> None:
    sql = "select seq as n, concat(seq, 'ü') as text from seq_1_to_20000"

    output = await steps.do(query, {"connection": "shop", "sql": sql, "save_as": "rows.csv"})
    refused = await failure_of(ask(steps, sql))

    assert 20000 == output["count"]
    assert ["n,text", "1,1ü"] == (await steps.content("rows.csv")).decode().splitlines()[:2]
    assert "ResultTooLargeError" == refused.type


async def test_all_statements_of_a_transaction_take_effect_once(steps: Steps) -> None:
    pen = {"sql": "insert into article (id, name) values (1, :name)", "params": {"name": "Pen"}}
    ink = {"sql": "insert into article (id, name) values (2, 'Ink')", "expect_count": 1}
    params = {"connection": "shop", "statements": [pen, ink], "exactly_once": True}

    refused = await failure_of(steps.do(transaction, {**params, "statements": [pen, pen]}))
    first = await steps.do(transaction, params)
    second = await steps.do(transaction, params)

    results = [{"count": 1, "records": []}, {"count": 1, "records": []}]
    assert ("RequestRefusedError", False) == (refused.type, refused.acted)
    assert [{"results": results, "repeated": False}, {"results": results, "repeated": True}] == [first, second]
    assert [{"id": 1}, {"id": 2}] == await ask(steps, "select id from article order by id")


async def test_what_ends_a_transaction_is_refused_in_one(steps: Steps) -> None:
    error = await failure_of(do(steps, "create table other (id int)", exactly_once=True))

    assert "'create' ends a transaction in MySQL before it is done" in error.message


async def test_many_records_are_written_or_none(steps: Steps) -> None:
    sql = "insert into article (id, name) values (:id, :name)"
    records = [{"id": number, "name": f"%{number}"} for number in range(1000)]

    refused = await failure_of(
        steps.do(execute_many, {"connection": "shop", "sql": sql, "records": [*records, records[0]]})
    )
    output = await steps.do(execute_many, {"connection": "shop", "sql": sql, "records": records})

    assert ("RequestRefusedError", False) == (refused.type, refused.acted)
    assert {"count": 1000, "repeated": False} == output
    assert [{"it": 1000}] == await ask(steps, "select count(*) as it from article")


async def test_files_are_copied_in_and_out(steps: Steps) -> None:
    await steps.put("in.csv", 'id,name,note\n1,Pen,\n2,Ink,"50 %, ""ü"""\n'.encode())

    added = await steps.do(
        copy_in, {"connection": "shop", "table": "shop.article", "path": "in.csv", "exactly_once": True}
    )
    await steps.do(copy_in, {"connection": "shop", "table": "article", "records": [{"id": 3, "name": "", "note": "x"}]})
    copied = await steps.do(
        copy_out, {"connection": "shop", "table": "article", "columns": ["id", "name", "note"], "path": "out.csv"}
    )

    assert ({"count": 2, "repeated": False}, 3) == (added, copied["count"])
    assert 'id,name,note\n1,Pen,\n2,Ink,"50 %, ""ü"""\n3,,x\n'.encode() == await steps.content("out.csv")


async def test_a_connection_that_breaks_after_the_commit_leaves_no_doubt(
    tmp_path: Path, steps: Steps, maria: Maria, named: Named
) -> None:
    written: dict[str, Any] = {"sql": "insert into article (id, name) values (7, 'Pen')", "exactly_once": True}
    async with wire(maria.port) as cut:
        cut.fatal = b"commit"
        (tmp_path / "robot").mkdir()
        address = named.url.replace(f":{maria.port}/", f":{cut.port}/")

        error = await failure_of(do(robot(tmp_path / "robot", shop=replace(named, url=address)), **written))
        await cut.done.wait()
        again = await do(steps, **written)

    assert ("ServerUnreachableError", None) == (error.type, error.acted)
    assert {"count": 1, "records": [], "repeated": True} == again
