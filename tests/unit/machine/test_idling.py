"""A run that waits for long gives its robot back, and has its page again when it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.machine import World, plan_of, raised
from workflows.call import PageMark
from workflows.events import ChildEnded, Decided, EventCame, HandedOn, NodeDone, RestRequested, TimerFired
from workflows.protocol import CallNode, CallOff, CloseSession, OpenSession, StartChild, StartTimer, StepAsks

HOUR = 3600.0
CALLED = {"other": {"aether": 1, "name": "other", "steps": [{"do": "test.read"}]}}


def world_of(*between: Any, hold: str = "10m", **fields: Any) -> World:
    """A run that opens a page, waits, and reads the page."""
    steps = [{"id": "open", "do": "page.open"}, *between, {"id": "read", "do": "page.read"}]
    return World(plan_of(steps, CALLED, park={"hold": hold}, **fields), passes=False, keep=False)


def given_back(world: World) -> int:
    """How many sessions were given back before the run's end."""
    return world.count(CloseSession)


@dataclass(frozen=True)
class Case:
    id: str
    step: dict[str, Any]


LONG = [
    Case("a timer", {"wait": "1h"}),
    Case("a person", {"approve": "Go on?"}),
    Case("a person who has an hour", {"approve": "Go on?", "expires": "1h"}),
    Case("an event", {"receive": "paid"}),
    Case("a called run", {"call": "other"}),
    Case("a distant attempt", {"do": "test.flaky", "retry": {"delays": ["1h"], "jitter": 0}}),
]


@pytest.mark.parametrize("case", LONG, ids=lambda case: case.id)
def test_a_session_is_given_back_after_a_while(case: Case) -> None:
    world = world_of(case.step)
    world.answer = _failing
    world.run()

    world.later(599)
    before = given_back(world)
    world.later(2)

    assert (0, 1) == (before, given_back(world))


@pytest.mark.parametrize(
    "step", [{"wait": "5m"}, {"approve": "Go on?", "expires": "5m"}], ids=["a timer", "a person who has little time"]
)
def test_a_session_is_kept_over_a_short_wait(step: dict[str, Any]) -> None:
    world = world_of(step)

    world.run()

    assert [] == [timer for timer in world.timers if timer == 600]


def test_who_goes_on_in_time_keeps_the_session() -> None:
    world = world_of({"approve": "Go on?"})
    world.run()

    world.run(Decided(world.last(StepAsks).number, approved=True, by="anna"))

    assert (1, 1) == (world.count(OpenSession), world.count(CallOff))
    assert ("completed", None) == world.result


def test_the_page_is_had_again() -> None:
    world = world_of({"receive": "paid"})
    world.answer = lambda call: None if call.step.id == "open" else {}
    world.run()
    opened = world.last(CallNode).number
    world.run(NodeDone(opened, {}, page=PageMark(url="http://x/", document="fresh")))
    world.later(700)

    world.run(EventCame("paid", None, {}))

    assert 2 == world.count(OpenSession)
    restore = world.last(OpenSession).restore
    assert restore is not None
    assert "http://x/" == restore.url
    assert ("completed", None) == world.result


def test_a_page_that_could_not_be_had_again_is_kept() -> None:
    world = world_of({"id": "pay", "do": "page.click"}, {"approve": "Go on?"})
    world.run()

    world.later(HOUR)

    assert 0 == given_back(world)


def test_a_run_without_sessions_starts_no_timer() -> None:
    world = World(plan_of([{"approve": "Go on?"}]), passes=False)

    world.run()

    assert 0 == world.count(StartTimer)


def test_the_time_begins_anew_with_the_next_execution() -> None:
    world = world_of({"approve": "Go on?"})
    world.run()
    world.run(RestRequested())
    world.run(HandedOn())

    assert [600.0, 600.0] == world.timers


def test_a_branch_that_ends_leaves_no_timer_behind() -> None:
    branch = [{"do": "page.open"}, {"approve": "Go on?"}]
    world = World(plan_of([{"parallel": {"left": branch, "right": [{"wait": "1s"}]}}]), passes=False)
    world.run()

    world.run(Decided(world.last(StepAsks).number, approved=True, by="anna"))

    timer = next(command for command in world.commands if isinstance(command, StartTimer) and command.seconds == 900)
    assert timer.number in {command.number for command in world.commands if isinstance(command, CallOff)}


def test_a_called_run_that_ends_in_time_gives_the_session_to_the_next_step() -> None:
    world = world_of({"call": "other"})
    world.run()

    world.run(ChildEnded(world.last(StartChild).number))

    assert (1, 0) == (world.count(OpenSession), given_back(world) - 1)
    assert ("completed", None) == world.result


def test_a_timer_that_is_too_late_changes_nothing() -> None:
    world = world_of({"approve": "Go on?"})
    world.run()
    timer = world.last(StartTimer).number
    world.run(Decided(world.last(StepAsks).number, approved=True, by="anna"))

    assert () == world.tell(TimerFired(timer))


def _failing(call: CallNode) -> Any:
    return raised() if call.step.node.type == "test.flaky" else {}
