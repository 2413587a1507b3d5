from __future__ import annotations

from typing import Any

import pytest

from activities.catalog import Catalog
from activities.nodes.database.query import query
from activities.nodes.database.transaction import transaction
from tests.support.steps import Steps, failure_of
from workflows.compile import compile_plan
from workflows.parse import parse

everywhere = pytest.mark.parametrize("bank", ["shop", {"file": "bank.db"}], ids=["server", "file"])

OPEN = [
    {"sql": "create table account (owner text primary key, amount integer)"},
    {"sql": "insert into account values ('Ann', 100), ('Bob', 0)"},
]


def transfer(amount: int) -> list[dict[str, Any]]:
    return [
        {
            "sql": "update account set amount = amount + :amount where owner = 'Bob' returning amount",
            "params": {"amount": amount},
        },
        {
            "sql": "update account set amount = amount - :amount where owner = 'Ann' and amount >= :amount",
            "params": {"amount": amount},
            "expect_count": 1,
        },
    ]


async def do(steps: Steps, bank: Any, statements: list[dict[str, Any]], key: str) -> Any:
    return await steps.do(
        transaction, {"connection": bank, "statements": statements, "exactly_once": True}, key=f"run-1/{key}"
    )


async def amounts(steps: Steps, bank: Any) -> list[int]:
    found = await steps.do(query, {"connection": bank, "sql": "select amount from account order by owner"})
    return [record["amount"] for record in found["records"]]


@everywhere
async def test_all_statements_take_effect_once(steps: Steps, bank: Any) -> None:
    await do(steps, bank, OPEN, "open")

    first = await do(steps, bank, transfer(30), "pay")
    second = await do(steps, bank, transfer(30), "pay")

    results = [{"count": 1, "records": [{"amount": 30}]}, {"count": 1, "records": []}]
    assert {"results": results, "repeated": False} == first
    assert {"results": results, "repeated": True} == second
    assert [70, 30] == await amounts(steps, bank)


@everywhere
async def test_one_statement_that_fails_undoes_all(steps: Steps, bank: Any) -> None:
    await do(steps, bank, OPEN, "open")

    error = await failure_of(do(steps, bank, transfer(101), "pay"))

    assert ("RequestRefusedError", False) == (error.type, error.acted)
    assert "was to write 1 rows, but wrote 0; nothing was changed" in error.message
    assert [100, 0] == await amounts(steps, bank)


@pytest.mark.parametrize(
    ("statements", "place"),
    [
        ('[{sql: "select ${{ inputs.it }}"}]', ":8:27: step 'it', field 'with.statements[0].sql'"),
        ('["${{ inputs.it }}"]', ":8:21: step 'it', field 'with.statements[0]'"),
        ('"${{ inputs.it }}"', ":8:20: step 'it', field 'with.statements'"),
    ],
)
def test_no_value_becomes_part_of_a_statement(statements: str, place: str) -> None:
    text = f"""
        aether: 1
        name: payment
        inputs: {{it: {{type: any}}}}
        steps:
          - id: it
            do: database.transaction
            with: {{connection: bank, statements: {statements}}}
    """

    parsed = parse(text, file="payment.yaml")
    problems = compile_plan(parsed.document, Catalog.discover().specs(), source=parsed.source).problems

    assert 1 == len(problems)
    assert "must be written out" in str(problems[0])
    assert place.partition(": ")[2] in str(problems[0])
