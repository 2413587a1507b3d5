"""How much of a run is done, as people are told."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from tests.support.machine import World, plan_of, raised
from workflows.machine import advance
from workflows.observed import Observed
from workflows.protocol import CallNode, Report

READ = {"do": "test.read"}


def percents(steps: list[Any], failing: int = 0) -> list[int]:
    """What people are told after each thing that happens to a run of these steps, of whose calls one fails."""
    ran = World(plan_of(steps))

    def answer(call: CallNode) -> Any:
        ran.now += 1
        return raised("business") if call.number == failing else {}

    ran.answer = answer
    ran.run()
    observed = Observed(ran.plan, ran.now)
    told = []
    for each in ran.told:
        _, commands = advance(each.plan, each.before, each.event, now=each.at)
        for command in commands:
            if isinstance(command, get_args(Report)):
                observed.take(command)
        observed.measure()
        told.append(observed.progress().percent)
    return told


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([READ, READ, READ, READ], [0, 25, 50, 75, 99]),
        ([{"set": {"a": 1}}, {"set": {"b": 1}}], [99]),
        ([{"for_each": [1, 2, 3, 4], "do": [READ]}], [0, 25, 50, 75, 99]),
        ([{"for_each": [1, 2], "do": [READ, READ]}], [0, 25, 50, 75, 99]),
        ([{"for_each": [1, 2], "do": [{"for_each": [1, 2], "as": "n", "do": [READ]}]}], [0, 25, 50, 75, 99]),
        ([{"for_each": [], "do": [READ]}], [99]),
        ([{"for_each": [1, 2, 3, 4], "parallel": 2, "do": [READ]}], [0, 25, 50, 50, 99]),
        ([{"if": True, "then": [READ, READ], "else": [READ]}], [0, 50, 99]),
        ([{"switch": 1, "cases": [{"when": 1, "do": [READ, READ]}]}], [0, 50, 99]),
        ([{"parallel": {"a": [READ], "b": [READ]}}], [0, 50, 99]),
        ([{"try": [READ, READ], "finally": [READ]}], [0, 50, 99, 99]),
        ([{"wait": "1m"}], [0, 99]),
        ([READ, {"return": None}], [0, 99]),
    ],
)  # fmt: skip
def test_rounds_and_steps_count(steps: list[Any], expected: list[int]) -> None:
    assert expected == percents(steps)


def test_a_loop_outweighs_the_steps_around_it() -> None:
    steps = [READ, {"for_each": [1, 2], "do": [READ]}]

    assert [0, 9, 54, 99] == percents(steps)


def test_a_loop_whose_end_nobody_knows_comes_closer_to_it_with_each_round() -> None:
    steps = [{"set": {"n": 0}}, {"while": "${{ n < 3 }}", "do": [READ, {"set": {"n": "${{ n + 1 }}"}}]}]

    told = percents(steps)

    assert sorted(set(told)) == told
    assert told[-2] < 50


def test_a_run_that_fails_stays_where_it_came_to() -> None:
    assert [0, 50, 99] == percents([READ, READ], failing=2)


def test_a_loop_that_cannot_begin_has_done_nothing() -> None:
    world = World(plan_of([READ, {"for_each": "${{ 1 // 0 }}", "do": [READ]}], on_failure="park"))
    world.run()
    observed = Observed(world.plan, world.now)
    for command in world.commands:
        if isinstance(command, get_args(Report)):
            observed.take(command)

    observed.measure()

    assert 9 == observed.progress().percent


def test_what_was_reached_before_is_not_taken_back() -> None:
    plan = plan_of([READ, READ])
    observed = Observed(plan, 0.0, Observed(plan, 0.0).progress().model_copy(update={"percent": 70}))

    observed.measure()

    assert 70 == observed.progress().percent


def test_a_corrected_document_takes_nothing_back() -> None:
    observed = Observed(
        plan_of([READ]), 0.0, Observed(plan_of([READ]), 0.0).progress().model_copy(update={"percent": 70})
    )

    observed.change_plan(plan_of([READ, READ, READ]))
    observed.measure()

    assert 70 == observed.progress().percent


def test_a_run_that_has_completed_is_at_a_hundred() -> None:
    observed = Observed(plan_of([READ]), 0.0)

    observed.status = "completed"

    assert 100 == observed.progress().percent
