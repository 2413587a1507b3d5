"""Answers that come twice, unasked or from somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.machine import World, plan_of, raised, vanished
from workflows.call import SessionGrant
from workflows.events import CancelRequested, NodeCalledOff, NodeDone, SessionFailed, SessionOpened
from workflows.protocol import CallOff, CloseSession


def status_of(world: World) -> tuple[str, str | None]:
    assert world.end is not None
    return world.end.status, world.end.error.type if world.end.error else None


@pytest.mark.parametrize("outcome", [vanished(), raised(name="NoBrowserError", acted=None)])
def test_a_step_whose_session_could_not_be_opened_has_done_nothing(outcome: Any) -> None:
    """Even where nobody knows what became of the session, its step never began."""
    world = World(plan_of([{"do": "page.click"}]), sessions=False)
    world.run()
    world.run(SessionFailed(1, outcome))

    world.sessions = True
    world.run(SessionFailed(max(world.open), outcome))

    assert ("completed", None) == status_of(world)


def test_a_grant_told_twice_does_not_close_its_session() -> None:
    world = World(plan_of([{"do": "page.read"}, {"do": "page.read"}]), lambda _call: None)
    world.run()

    world.tell(SessionOpened(1, SessionGrant(id="s1", robot="r1", capability="browser")))

    assert 0 == world.count(CloseSession)


@pytest.mark.parametrize(("node", "end"), [("test.read", "completed"), ("test.pay", "failed")])
def test_a_step_stopped_by_somebody_else_is_in_doubt(node: str, end: str) -> None:
    """Temporal lets people cancel an activity of a run that goes on."""
    world = World(plan_of([{"do": node}]), lambda call: None if call.attempt == 1 else {})
    world.run()

    world.run(NodeCalledOff(1))

    assert end == status_of(world)[0]


def test_a_session_stopped_before_it_opened_is_opened_again() -> None:
    world = World(plan_of([{"do": "page.click"}]), sessions=False)
    world.run()

    world.sessions = True
    world.run(NodeCalledOff(1))

    assert ("completed", None) == status_of(world)


def test_a_run_asked_twice_to_stop_stops_once() -> None:
    world = World(plan_of([{"do": "test.read"}]), lambda _call: None)
    world.run()

    world.tell(CancelRequested())
    world.tell(CancelRequested())

    assert 1 == world.count(CallOff)


def test_a_cancellation_after_the_last_step_of_a_block_cancels_all_the_same() -> None:
    world = World(plan_of([{"if": True, "then": [{"do": "test.read"}]}, {"do": "test.pay"}]), lambda _call: None)
    world.run()
    world.tell(CancelRequested())

    world.run(NodeDone(1, {}))

    assert ("cancelled", None) == status_of(world)
    assert 1 == len(world.calls)
