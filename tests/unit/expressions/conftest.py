"""A scope that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import pytest
from pydantic import JsonValue

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


@dataclass
class StillScope:
    """Names and a clock that never move."""

    values: dict[str, JsonValue] = field(default_factory=lambda: dict(VALUES))

    def lookup(self, name: str) -> JsonValue:
        return self.values[name]

    def names(self) -> Iterable[str]:
        return self.values

    def now(self) -> float:
        return 1_772_721_000.25

    def uuid(self) -> str:
        return "6d6f8a0e-0000-4000-8000-000000000001"


Evaluate = Callable[..., JsonValue]
Refusal = Callable[..., ExpressionError]


@pytest.fixture
def scope() -> StillScope:
    return StillScope()


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
