from __future__ import annotations

import pytest

from activities.nodes.desktop.table import table
from tests.support.screen import Screen
from tests.support.steps import Steps, failure_of

TABLE = {"app": "invoices", "target": {"control_type": "DataGrid"}}


@pytest.fixture(autouse=True)
async def invoices(screen: Screen) -> None:
    await screen.have("invoices")


async def test_rows_are_read_by_the_names_of_their_columns(steps: Steps) -> None:
    read = await steps.do(table, TABLE)

    assert ["Number", "Supplier"] == read["columns"]
    assert [{"Number": "4711", "Supplier": "ACME"}, {"Number": "4712", "Supplier": "Globex"}] == read["rows"]
    assert 2 == read["count"]


async def test_as_many_rows_are_read_as_are_wanted(steps: Steps) -> None:
    read = await steps.do(table, TABLE | {"rows": 1})

    assert [{"Number": "4711", "Supplier": "ACME"}] == read["rows"]


async def test_a_table_without_a_header_has_numbered_columns(steps: Steps) -> None:
    read = await steps.do(table, TABLE | {"header": False})

    assert {"column_1": "Number", "column_2": "Supplier"} == read["rows"][0]


async def test_what_has_no_rows_is_no_empty_table(steps: Steps) -> None:
    button = {"app": "invoices", "target": {"control_type": "Button", "name": "OK"}}

    error = await failure_of(steps.do(table, button))

    assert "has no rows to read" in error.message
