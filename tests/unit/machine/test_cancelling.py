"""A run that somebody wants to stop tidies up, within limits, and stops."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.machine import World, plan_of, raised
from workflows.call import SessionGrant
from workflows.events import (
    Answered,
    CancelRequested,
    EventCame,
    HandedOn,
    NodeCalledOff,
    NodeDone,
    NodeFailed,
    PauseRequested,
    RestRequested,
    SessionOpened,
    TimerFired,
)
from workflows.protocol import CallNode, CallOff, CloseSession, OpenSession, Rest, StartTimer, StepParked

SLOW: dict[str, Any] = {"id": "slow", "do": "test.read", "retry": {"delays": []}}
TIDY: dict[str, Any] = {**SLOW, "id": "tidy"}
TIDIED = {"try": [SLOW], "finally": [TIDY]}


def waiting(*steps: dict[str, Any], **fields: Any) -> World:
    """A run of which every call is under way."""
    world = World(plan_of(list(steps), **fields), lambda _call: None, passes=False)
    world.run()
    return world


def last_call(world: World) -> int:
    return world.last(CallNode).number


@pytest.mark.parametrize(
    "step",
    [
        SLOW,
        {"wait": "10d"},
        {"approve": "Go on?", "expires": "10d"},
        {"receive": "paid", "expires": "10d"},
        {"id": "page", "do": "page.read"},
        {"parallel": {"left": [SLOW], "right": [{"wait": "10d"}]}},
        {"for_each": [1, 2, 3], "parallel": 2, "do": [SLOW]},
    ],
    ids=["a call", "a wait", "a question", "an event", "a step in a session", "branches", "rounds"],
)
def test_whatever_a_run_waits_for_it_stops(step: dict[str, Any]) -> None:
    world = waiting({"try": [step], "catch": [{"do": [{**SLOW, "id": "never"}]}]})

    world.cancel()

    assert ("cancelled", None) == world.result
    assert set(world.open) <= {command.number for command in world.commands if isinstance(command, CallOff)}
    assert "never" not in world.calls


def test_a_session_that_opens_too_late_is_given_back() -> None:
    world = World(plan_of([{"do": "page.read"}]), sessions=False)
    world.run()
    number = world.last(OpenSession).number
    world.tell(CancelRequested())

    world.run(SessionOpened(number, SessionGrant(id="s1", robot="r1", capability="browser")))

    assert CloseSession("s1") in world.commands
    assert ("cancelled", None) == world.result


def test_finally_is_done() -> None:
    world = waiting(TIDIED)

    world.cancel()
    before = world.end
    world.run(NodeDone(last_call(world), {}))

    assert before is None
    assert ["slow", "tidy"] == world.calls
    assert ("cancelled", None) == world.result


@pytest.mark.parametrize("rest", [False, True], ids=["at once", "in the next execution"])
def test_for_as_long_as_cleanup_may_take(rest: bool) -> None:  # noqa: FBT001 - a case
    world = waiting({**TIDIED, "try": [SLOW], "finally": [{"approve": "Tidy up?"}]}, cleanup="5m")
    world.cancel()
    if rest:
        world.run(RestRequested())
        world.run(HandedOn())

    world.later(299)
    before = world.end
    world.later(1)

    assert before is None
    assert ("cancelled", None) == world.result


def test_what_is_under_way_when_cleanup_ends_is_called_off() -> None:
    other = {"try": [{**SLOW, "id": "other"}], "finally": [{**SLOW, "id": "also"}]}
    world = waiting({"parallel": {"left": [TIDIED], "right": [other]}})
    world.cancel()
    calls = {command.number for command in world.open.values() if isinstance(command, CallNode)}

    world.later(600)

    assert calls <= {command.number for command in world.commands if isinstance(command, CallOff)}
    assert ("cancelled", None) == world.result


def test_a_run_that_tidied_up_in_time_starts_no_more_timers() -> None:
    world = waiting(TIDIED)
    world.cancel()

    world.run(NodeDone(last_call(world), {}))

    timers = {command.number for command in world.open.values() if isinstance(command, StartTimer)}
    assert timers <= {command.number for command in world.commands if isinstance(command, CallOff)}


def test_a_step_that_fails_while_the_run_tidies_up_does_not_park() -> None:
    world = waiting(TIDIED, on_failure="park")
    world.cancel()

    world.run(NodeFailed(last_call(world), raised()))

    assert 0 == world.count(StepParked)
    assert ("cancelled", None) == world.result


@pytest.mark.parametrize(
    "inside",
    [[TIDY], [{"parallel": {"left": [TIDY], "right": [{"receive": "paid"}]}}]],
    ids=["in a finally", "in a branch of a finally"],
)
def test_what_is_parked_in_a_finally_has_failed(inside: list[Any]) -> None:
    world = waiting({"try": [{"set": {"x": 1}}], "finally": inside}, on_failure="park")
    world.run(NodeFailed(last_call(world), raised()))

    world.cancel()

    assert ("cancelled", None) == world.result


def test_a_parked_run_is_cancelled() -> None:
    world = waiting({"id": "page", "do": "page.read", "retry": {"delays": []}}, on_failure="park")
    world.run(NodeFailed(last_call(world), raised()))

    world.cancel()

    assert ("cancelled", None) == world.result
    assert 1 == world.count(CloseSession)


def test_a_paused_run_is_cancelled() -> None:
    world = waiting(TIDIED)
    world.run(PauseRequested())

    world.cancel()
    world.run(NodeDone(last_call(world), {}))

    assert ("cancelled", None) == world.result


def test_a_retry_that_was_put_off_by_a_pause_is_not_made() -> None:
    world = waiting(SLOW | {"retry": {"delays": ["10s"]}})
    world.run(PauseRequested())
    world.run(NodeFailed(last_call(world), raised()))
    world.later(10)

    world.cancel()

    assert ["slow"] == world.calls
    assert ("cancelled", None) == world.result


def test_branches_that_tidy_up_do_not_keep_the_run_from_being_handed_on() -> None:
    world = waiting({"parallel": {"left": [TIDIED], "right": [SLOW | {"id": "other"}]}})
    world.tell(CancelRequested())
    first, second = (command.number for command in world.commands if isinstance(command, CallNode))
    world.run(RestRequested())
    world.run(NodeCalledOff(second))
    world.run(NodeCalledOff(first))

    world.run(HandedOn())
    world.run(NodeDone(last_call(world), {}))

    assert 1 == world.count(Rest)
    assert ("cancelled", None) == world.result


@pytest.mark.parametrize("step", [{"wait": "10d"}, SLOW | {"retry": {"delays": ["10d"]}}], ids=["wait", "retry"])
def test_a_run_at_rest_that_is_cancelled_does_not_wait_again(step: dict[str, Any]) -> None:
    world = waiting(step)
    if "do" in step:
        world.run(NodeFailed(last_call(world), raised()))
    world.tell(RestRequested())
    world.tell(CancelRequested())

    world.run(HandedOn())

    assert ("cancelled", None) == world.result


def test_a_catch_does_not_keep_a_run_from_stopping() -> None:
    world = waiting({"try": [SLOW], "catch": [{"do": [{**SLOW, "id": "never"}]}]}, SLOW | {"id": "after"})

    world.tell(CancelRequested())
    world.run(NodeFailed(last_call(world), raised()))

    assert ["slow"] == world.calls
    assert ("cancelled", None) == world.result


def test_an_event_for_a_step_that_is_left_is_kept() -> None:
    inside = {"try": [{"parallel": {"left": [{"receive": "paid"}], "right": [SLOW]}}], "finally": [{"receive": "paid"}]}
    world = waiting(inside)
    world.tell(CancelRequested())
    world.run(EventCame("paid", None, {}))

    world.run(NodeCalledOff(last_call(world)))

    assert ("cancelled", None) == world.result


def test_a_timer_nobody_waits_for_changes_nothing() -> None:
    world = waiting(SLOW)
    before = world.state

    world.tell(TimerFired(99))

    assert before.fibers == world.state.fibers


def test_an_answer_after_the_end_changes_nothing() -> None:
    world = waiting(SLOW)
    world.cancel()

    assert () == world.tell(Answered(1, "retry", "anna"))
