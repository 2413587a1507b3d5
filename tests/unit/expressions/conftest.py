"""A scope that stands still."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import JsonValue

from tests.support.scope import StillScope
from workflows.errors import ExpressionError
from workflows.expressions.expression import compile_expression
from workflows.expressions.fuel import Fuel

VALUES: dict[str, JsonValue] = {
    "total": 5,
    "ratio": 2.5,
    "name": "Ada",
    "nothing": None,
    "flag": True,
    "huge": 10**400,
    "endless": float("inf"),
    "row": {"amount": 2.5, "items": [1, 2], "name": "Müller", "empty": None, "Total amount": 7},
    "rows": [{"id": 1, "amount": 9}, {"id": 2, "amount": 5}],
    "numbers": [3, 1, 2],
}


Evaluate = Callable[..., JsonValue]
Refusal = Callable[..., ExpressionError]


@pytest.fixture
def scope() -> StillScope:
    return StillScope(VALUES)


@pytest.fixture
def evaluate(scope: StillScope) -> Evaluate:
    """What an expression comes to."""

    def run(text: str, fuel: int = 100_000) -> JsonValue:
        return compile_expression(text).evaluate(scope, Fuel(fuel))

    return run


@pytest.fixture
def refusal(evaluate: Evaluate) -> Refusal:
    """The error of an expression."""

    def run(text: str, fuel: int = 100_000) -> ExpressionError:
        with pytest.raises(ExpressionError) as caught:
            evaluate(text, fuel)
        assert type(caught.value) is ExpressionError
        return caught.value

    return run
