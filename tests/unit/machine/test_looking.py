"""Authors stop a run before steps, and watch it slowly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.support.machine import World, plan_of
from workflows.events import Answered, CancelRequested
from workflows.protocol import Action, StepParked

A = {"id": "a", "do": "test.read"}
B = {"id": "b", "do": "test.read"}


def watched(steps: list[Any], **facts: Any) -> World:
    """A run its author looks at."""
    world = World(plan_of(steps), passes=False)
    world.state = replace(world.state, **facts)
    world.run()
    return world


def say(world: World, action: Action = "retry") -> None:
    world.run(Answered(world.last(StepParked).number, action, "anna"))


def test_a_run_stops_before_a_step_and_goes_on() -> None:
    world = watched([A, B], breaks=("b",))
    stopped = list(world.calls)

    say(world)

    assert (["a"], ["a", "b"]) == (stopped, world.calls)
    assert ("completed", None) == world.result


def test_in_every_round_anew() -> None:
    world = watched([{"id": "loop", "for_each": [1, 2], "do": [A, B]}], breaks=("b",))
    say(world, "skip")
    second = world.last(StepParked).place

    say(world)

    assert "loop[1].b" == second
    assert ["loop[0].a", "loop[1].a", "loop[1].b"] == world.calls


def test_whatever_the_document_catches() -> None:
    world = watched([{"try": [A], "catch": [{"do": [B]}]}], breaks=("a",))

    assert "a" == world.last(StepParked).place


def test_but_not_while_a_cancelled_run_tidies_up() -> None:
    world = watched([{"try": [{"approve": "Go on?"}], "finally": [A]}], breaks=("a",))

    world.run(CancelRequested())

    assert ["a"] == world.calls
    assert ("cancelled", None) == world.result


def test_each_call_is_made_after_a_moment() -> None:
    world = watched([A, B], slow=0.5)
    first = list(world.calls)
    world.later(0.5)
    second = list(world.calls)

    world.later(0.5)

    assert ([], ["a"], ["a", "b"]) == (first, second, world.calls)
    assert [0.5, 0.5] == world.timers
