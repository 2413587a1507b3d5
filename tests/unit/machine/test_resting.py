"""A run comes to rest, and goes on in a new execution as if nothing had happened."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.machine import World, plan_of, raised, vanished
from workflows.call import PageMark, SessionGrant
from workflows.events import (
    HandedOn,
    NodeDone,
    NodeFailed,
    RestRequested,
    SessionLost,
    SessionOpened,
    Started,
    TimerFired,
)
from workflows.protocol import Breathe, CallNode, CloseSession, KeepSession, OpenSession, Rest, StartTimer
from workflows.saved import dump, load

HOUR = 3600.0


def hand_on(world: World) -> None:
    """A new execution begins with what was written down; the timers of the old one are gone."""
    world.state = load(json.loads(json.dumps(dump(world.state))))
    world.open = {number: command for number, command in world.open.items() if not isinstance(command, StartTimer)}
    world.run(HandedOn())


@dataclass(frozen=True)
class Case:
    id: str
    step: dict[str, Any]
    result: tuple[str, str | None]
    answer: Any = None


CASES = [
    Case("a wait", {"wait": "2h"}, ("completed", None)),
    Case("a question that expires", {"approve": "Go on?", "expires": "2h"}, ("failed", "ApprovalExpiredError")),
    Case("an event that expires", {"receive": "paid", "expires": "2h"}, ("failed", "EventExpiredError")),
    Case(
        "an attempt to come",
        {"do": "test.read", "retry": {"delays": ["2h"], "jitter": 0}},
        ("failed", "BrokenError"),
        raised(),
    ),
    Case(
        "a deadline",
        {"if": True, "then": [{"approve": "Go on?"}], "timeout": "2h"},
        ("failed", "BlockTimeoutError"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_what_was_waited_for_is_waited_for_no_longer_than_before(case: Case) -> None:
    world = World(plan_of([case.step]), lambda _call: case.answer, passes=False)
    world.run()
    world.later(HOUR)
    world.run(RestRequested())

    hand_on(world)
    world.later(HOUR - 1)
    before = world.end
    world.later(1)

    assert before is None
    assert case.result == world.result


def test_a_run_with_nothing_in_flight_rests_at_once() -> None:
    world = World(plan_of([{"approve": "Go on?"}]), passes=False)
    world.run()

    assert (Rest(),) == world.tell(RestRequested())


def test_what_is_in_flight_ends_first_and_nothing_new_begins() -> None:
    world = World(plan_of([{"id": "a", "do": "test.read"}, {"id": "b", "do": "test.read"}]), lambda _call: None)
    world.run()
    asked = world.tell(RestRequested())
    world.run(NodeDone(world.last(CallNode).number, {}))
    at_rest = list(world.calls)

    world.run(HandedOn())

    assert () == asked
    assert (["a"], ["a", "b"]) == (at_rest, world.calls)


def test_a_step_whose_session_opens_meanwhile_begins_in_the_next_execution() -> None:
    world = World(plan_of([{"id": "a", "do": "page.read"}]), sessions=False)
    world.run()
    grant = SessionGrant(id="s1", robot="r1", capability="browser")
    world.tell(RestRequested())
    world.run(SessionOpened(world.last(OpenSession).number, grant))
    at_rest = list(world.calls)

    hand_on(world)

    assert ([], ["a"]) == (at_rest, world.calls)
    assert grant == world.last(KeepSession).grant


def test_an_attempt_that_is_due_is_put_off() -> None:
    steps = [{"id": "a", "do": "test.read", "retry": {"delays": ["0s"]}}]
    world = World(plan_of(steps), lambda _call: None, passes=False)
    world.run()
    world.run(RestRequested())
    world.run(NodeFailed(world.last(CallNode).number, raised()))
    at_rest = list(world.calls)

    hand_on(world)

    assert (["a"], ["a", "a"]) == (at_rest, world.calls)


def test_a_page_is_restored_before_the_run_rests() -> None:
    steps = [{"id": "open", "do": "page.open"}, {"id": "fill", "do": "page.fill"}, {"id": "look", "do": "page.read"}]
    world = World(plan_of(steps), lambda _call: None)
    world.run()
    world.run(NodeDone(world.last(CallNode).number, {}, page=PageMark(url="https://a/", document="fresh")))
    world.run(NodeDone(world.last(CallNode).number, {}))
    world.run(NodeFailed(world.last(CallNode).number, vanished()))
    restoring = world.last(CallNode).place
    world.run(RestRequested())
    world.run(NodeDone(world.last(CallNode).number, {}))
    at_rest = list(world.calls)

    hand_on(world)

    assert "fill" == restoring
    assert ["open", "fill", "look", "fill"] == at_rest
    assert "look" == world.calls[-1]


def test_a_session_that_was_lost_is_not_kept() -> None:
    world = World(plan_of([{"do": "page.read"}, {"approve": "Go on?"}]), passes=False)
    world.run()
    world.tell(SessionLost("s1"))
    world.run(RestRequested())

    hand_on(world)

    assert (0, 0) == (world.count(KeepSession), world.count(CloseSession))


def test_a_run_that_takes_a_breath_rests_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.turn.TURN_FUEL", 100)
    world = World(plan_of([{"set": {"x": number}} for number in range(10)]))
    world.tell(Started())
    before = world.tell(RestRequested())

    after = world.tell(TimerFired(world.last(Breathe).number))

    assert ((), (Rest(),)) == (before, after)
