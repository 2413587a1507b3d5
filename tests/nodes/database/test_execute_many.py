from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from activities.nodes.database.execute import execute
from activities.nodes.database.execute_many import execute_many
from activities.nodes.database.query import query
from tests.support.steps import Steps, failure_of

ROWS = [{"id": number, "name": f"ü{number}", "other": "left out"} for number in range(1, 1001)]

everywhere = pytest.mark.parametrize("shop", ["shop", {"file": "shop.db"}], ids=["server", "file"])


async def count(steps: Steps, shop: Any) -> Any:
    found = await steps.do(query, {"connection": shop, "sql": "select count(*) as it from article"})
    return found["records"][0]["it"]


@pytest.fixture
def many(steps: Steps) -> Callable[[Any, Any], Awaitable[Any]]:
    async def insert(shop: Any, records: Any) -> Any:
        await steps.do(
            execute,
            {"connection": shop, "sql": "create table if not exists article (id integer primary key, name text)"},
        )
        sql = "insert into article (id, name) values (:id, :name)"
        return await steps.do(execute_many, {"connection": shop, "sql": sql, "records": records, "exactly_once": True})

    return insert


@everywhere
async def test_a_statement_is_done_for_every_record_once(
    steps: Steps, many: Callable[[Any, Any], Awaitable[Any]], shop: Any
) -> None:
    first = await many(shop, ROWS)
    second = await many(shop, ROWS)

    assert [{"count": 1000, "repeated": False}, {"count": 1000, "repeated": True}] == [first, second]
    assert 1000 == await count(steps, shop)


@everywhere
async def test_one_record_that_is_refused_undoes_all(
    steps: Steps, many: Callable[[Any, Any], Awaitable[Any]], shop: Any
) -> None:
    error = await failure_of(many(shop, [*ROWS, ROWS[0]]))

    assert ("RequestRefusedError", False) == (error.type, error.acted)
    assert 0 == await count(steps, shop)


@everywhere
async def test_a_record_without_a_value_is_named(many: Callable[[Any, Any], Awaitable[Any]], shop: Any) -> None:
    error = await failure_of(many(shop, [*ROWS, {"id": 1001}]))

    assert "the statement has ':name', but record 1001 has no such value" in error.message
