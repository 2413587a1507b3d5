"""One evaluation's surroundings, as compiled code and library functions see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from pydantic import JsonValue

from workflows.errors import ExpressionError
from workflows.expressions.fuel import Fuel
from workflows.expressions.scope import Scope
from workflows.expressions.syntax import Place
from workflows.regex.pattern import Matcher


class Frame:
    """What one evaluation works with."""

    __slots__ = ("_matcher", "cells", "fuel", "lookup", "scope")

    def __init__(self, scope: Scope, fuel: Fuel, cells: int) -> None:
        self.scope = scope
        self.lookup = scope.lookup
        self.fuel = fuel
        self.cells: list[JsonValue] = [None] * cells
        """The current values of the variables of comprehensions, by number."""
        self._matcher: Matcher | None = None

    @property
    def matcher(self) -> Matcher:
        """What holds texts against patterns, which it knows from their first use on."""
        if self._matcher is None:
            self._matcher = Matcher(self.fuel)
        return self._matcher


Code: TypeAlias = Callable[[Frame], JsonValue]
"""A compiled part of an expression."""


class MissingError(Exception):
    """Something an object or list does not have: the one error that `default(…)` answers.

    What to say of it is only worked out when nobody answers, since it compares names.
    """

    def __init__(self, place: Place, explain: Callable[[], str]) -> None:
        super().__init__()
        self.place = place
        self.explain = explain

    def error(self) -> ExpressionError:
        """What people see of it."""
        return self.place.error(self.explain())
