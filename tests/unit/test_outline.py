"""The steps of a plan as they are listed for people."""

from __future__ import annotations

from tests.support.machine import plan_of
from workflows.outline import outline


def test_steps_are_listed_as_they_are_written_each_with_how_many_it_is_inside() -> None:
    inner = {"id": "each", "for_each": [1, 2], "do": [{"id": "read", "do": "page.read"}]}

    plan = plan_of([{"id": "open", "do": "page.open"}, inner, {"id": "last", "do": "page.fill"}])

    assert [("open", 0), ("each", 0), ("read", 1), ("last", 0)] == [(step.id, depth) for step, depth in outline(plan)]


def test_what_restores_a_page_comes_last_and_inside_of_all_else() -> None:
    plan = plan_of([{"id": "open", "do": "page.open"}], restore=[{"id": "login", "do": "page.fill"}])

    assert [("open", 0), ("login", 1)] == [(step.id, depth) for step, depth in outline(plan)]
