from __future__ import annotations

from typing import Any

import pytest

from activities.nodes.database.copy_in import copy_in
from activities.nodes.database.copy_out import copy_out
from activities.nodes.database.transaction import transaction
from tests.support.steps import Steps, failure_of

everywhere = pytest.mark.parametrize("shop", ["shop", {"file": "shop.db"}], ids=["server", "file"])

STOCK = [
    {"sql": "create table stock (article text, pieces integer)"},
    {"sql": "create table other (article text, pieces integer)"},
    {"sql": "insert into stock values ('Pen, \"blue\"', 1), ('Tüte', null)"},
]


@everywhere
async def test_what_is_written_can_be_added_again(steps: Steps, shop: Any) -> None:
    await steps.do(transaction, {"connection": shop, "statements": STOCK})

    output = await steps.do(copy_out, {"connection": shop, "table": "stock", "path": "out/stock.csv"})
    await steps.do(copy_in, {"connection": shop, "table": "other", "path": "out/stock.csv"})
    await steps.do(copy_out, {"connection": shop, "table": "other", "path": "out/other.csv"})

    assert {"path": "out/stock.csv", "count": 2} == output
    assert 'article,pieces\n"Pen, ""blue""",1\nTüte,\n'.encode() == await steps.content("out/stock.csv")
    assert await steps.content("out/stock.csv") == await steps.content("out/other.csv")


@everywhere
async def test_columns_are_chosen(steps: Steps, shop: Any) -> None:
    await steps.do(transaction, {"connection": shop, "statements": STOCK})
    params = {"table": "stock", "columns": ["pieces"], "header": False, "delimiter": ";", "path": "stock.csv"}

    await steps.do(copy_out, {"connection": shop, **params})

    assert b"1\n" == (await steps.content("stock.csv"))[:2]


@everywhere
async def test_a_table_that_is_not_there_leaves_no_file(steps: Steps, shop: Any) -> None:
    await steps.do(transaction, {"connection": shop, "statements": STOCK})

    error = await failure_of(steps.do(copy_out, {"connection": shop, "table": "nosuch", "path": "out.csv"}))

    assert ("InvalidParamsError", False) == (error.type, error.acted)
    assert "out.csv" not in steps.files
