"""Names that would hide others, or that no expression could say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.machine import SPECS
from workflows.compile import compile_plan
from workflows.document import Document

READ = {"do": "test.read"}
THROW = {"throw": "no"}


def problems_of(*steps: Any) -> list[tuple[str | None, str]]:
    document = Document.model_validate({"aether": 1, "name": "test", "steps": steps})
    return [(problem.field, problem.message) for problem in compile_plan(document, SPECS).problems]


def catching(**facts: Any) -> dict[str, Any]:
    return {"try": [THROW], "catch": [{**facts, "do": [READ]}]}


def test_a_caught_error_must_not_hide_a_loops_item() -> None:
    assert [("catch[0].as", "'row' is already taken")] == problems_of(
        {"for_each": [1], "as": "row", "do": [catching(**{"as": "row"})]}
    )


def test_a_caught_error_must_not_hide_a_variable() -> None:
    assert [("catch[0].as", "'error' is already taken")] == problems_of({"set": {"error": 1}}, catching())


def test_one_name_may_stand_for_one_caught_error_after_the_other() -> None:
    assert [] == problems_of(catching(), catching(), {"try": [THROW], "catch": [{"do": [catching()]}]})


def test_a_variable_must_not_be_called_like_the_loop_around_it() -> None:
    assert [("set.all", "'all' is the name of a step or loop value")] == problems_of(
        {"id": "all", "for_each": [1], "do": [{"set": {"all": 1}}]}
    )


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"set": {"if": 1}}, "set.if"),
        ({"for_each": [1], "as": "in", "do": [READ]}, "as"),
        (catching(**{"as": "is"}), "catch[0].as"),
    ],
)
def test_a_name_no_expression_could_say_is_refused(step: dict[str, Any], field: str) -> None:
    assert [field] == [place for place, _ in problems_of(step)]


def test_a_loop_goes_through_items_not_through_truth() -> None:
    assert [("for_each", "a loop needs a list or a mapping")] == problems_of({"for_each": True, "do": [READ]})
