from __future__ import annotations

from typing import Any

import pytest

from activities.nodes.database.copy_in import copy_in
from activities.nodes.database.execute import execute
from activities.nodes.database.query import query
from tests.support.steps import Steps, failure_of

everywhere = pytest.mark.parametrize("shop", ["shop", {"file": "shop.db"}], ids=["server", "file"])


async def added(steps: Steps, shop: Any, **params: Any) -> Any:
    table = "create table if not exists stock (article text not null, pieces integer, note text)"
    await steps.do(execute, {"connection": shop, "sql": table})
    return await steps.do(copy_in, {"connection": shop, "table": "stock", **params})


async def stock(steps: Steps, shop: Any) -> list[list[Any]]:
    sql = "select article, pieces, note from stock order by pieces"
    return [list(row.values()) for row in (await steps.do(query, {"connection": shop, "sql": sql}))["records"]]


@everywhere
async def test_records_keep_what_they_say(steps: Steps, shop: Any) -> None:
    records = [
        {"pieces": 1, "article": 'Pen, "blue"\nfine', "note": ""},
        {"pieces": 2, "article": "Ünk; \\N", "note": None},
        {"pieces": 3, "article": "x"},
    ]

    output = await added(steps, shop, records=records)

    assert {"count": 3, "repeated": False} == output
    assert [['Pen, "blue"\nfine', 1, ""], ["Ünk; \\N", 2, None], ["x", 3, None]] == await stock(steps, shop)


@everywhere
async def test_a_file_is_read_as_it_is_written(steps: Steps, shop: Any) -> None:
    await steps.put("stock.csv", 'pieces;article\r\n1;"Tüte; groß"\r\n;Pen\r\n'.encode("cp1252"))

    output = await added(steps, shop, path="stock.csv", delimiter=";", encoding="cp1252")

    assert 2 == output["count"]
    rows = await stock(steps, shop)
    assert [["Pen", None, None], ["Tüte; groß", 1, None]] == sorted(rows, key=lambda row: str(row[0]))


@everywhere
async def test_a_file_with_a_byte_order_mark_and_no_header_is_added_once(steps: Steps, shop: Any) -> None:
    await steps.put("stock.csv", "\ufeffPen,1\nInk,2\n".encode())
    params = {"path": "stock.csv", "header": False, "columns": ["article", "pieces"], "exactly_once": True}

    first = await added(steps, shop, **params)
    second = await added(steps, shop, **params)

    assert [{"count": 2, "repeated": False}, {"count": 2, "repeated": True}] == [first, second]
    assert [["Pen", 1, None], ["Ink", 2, None]] == await stock(steps, shop)


@everywhere
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("article,pieces\nPen,1\n,2\n", "RequestRefusedError"),
        ("article,nosuch\nPen,1\n", "InvalidParamsError"),
        ("", "InvalidFileError"),
        ("article,pieces\nPen,\xff\n", "InvalidFileError"),
    ],
)
async def test_a_file_with_a_fault_adds_nothing(steps: Steps, shop: Any, content: str, kind: str) -> None:
    await steps.put("stock.csv", content.encode("latin-1"))

    error = await failure_of(added(steps, shop, path="stock.csv"))

    assert (kind, False) == (error.type, error.acted)
    assert [] == await stock(steps, shop)


async def test_a_line_with_a_fault_is_named(steps: Steps) -> None:
    await steps.put("stock.csv", b"article,pieces\nPen,1\nInk,many\n")

    error = await failure_of(added(steps, "shop", path="stock.csv"))

    assert 'invalid input syntax for type integer: "many"; COPY stock, line 3, column pieces' in error.message


async def test_a_name_of_a_table_is_no_statement(steps: Steps) -> None:
    hostile = "stock\" (article) from program 'id' --"

    error = await failure_of(added(steps, "shop", records=[{"article": "Pen"}], table=hostile))

    assert "InvalidParamsError" == error.type
    assert "does not exist" in error.message


async def test_exactly_one_source_is_given(steps: Steps) -> None:
    error = await failure_of(added(steps, "shop"))

    assert "expected 'records' or 'path'" in error.message
