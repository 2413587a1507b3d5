"""A call gets its share of what is scarce, and a robot, before it begins."""

from __future__ import annotations

from typing import Any

from tests.support.machine import World, plan_of, vanished
from workflows.call import SessionGrant
from workflows.events import (
    HandedOn,
    NodeFailed,
    RestRequested,
    RobotFound,
    SessionDelayed,
    SessionKept,
    SessionOpened,
)
from workflows.gaining import SHARES
from workflows.protocol import CallNode, CallOff, CloseSession, FindRobot, KeepSession, OpenSession, Rest, TakeShare
from workflows.situation import situation_of, status_of

LIMITED = {"limits": {"sap-licence": 3}}


def does(name: str, node: str = "test.read") -> dict[str, Any]:
    return {"id": name, "do": node}


def kinds(world: World) -> list[str]:
    shown = (TakeShare, OpenSession, CallNode, CloseSession)
    return [type(command).__name__ for command in world.commands if isinstance(command, shown)]


def share(world: World) -> SessionOpened:
    """The share that was asked for last is granted."""
    number = world.last(TakeShare).number
    return SessionOpened(number, SessionGrant(id=f"share-{number}", robot="", capability=SHARES))


def waiting(steps: list[Any], **fields: Any) -> World:
    """A run that waits for what nobody gives it."""
    world = World(plan_of(steps, **fields), sessions=False, passes=False)
    world.run()
    return world


def test_a_share_is_held_from_the_first_call_to_the_end_of_the_run() -> None:
    world = World(plan_of([does("a"), does("b", "page.read")], **LIMITED))

    world.run()

    assert ["TakeShare", "CallNode", "OpenSession", "CallNode", "CloseSession", "CloseSession"] == kinds(world)
    assert {"sap-licence": 3} == world.last(TakeShare).limits
    assert ("completed", None) == world.result


def test_a_run_without_calls_needs_no_share() -> None:
    world = World(plan_of([{"set": {"x": 1}}], **LIMITED))

    world.run()

    assert [] == kinds(world)


def test_a_session_step_holds_a_share_of_its_own_while_it_lasts() -> None:
    steps = [{"session": {"limits": {"seat": 1}}, "do": [does("a")]}, does("b")]
    world = World(plan_of(steps, **LIMITED))

    world.run()

    assert ["TakeShare", "TakeShare", "CallNode", "CloseSession", "CallNode", "CloseSession"] == kinds(world)


def test_branches_hold_one_share_together() -> None:
    world = waiting([{"parallel": {"left": [does("a")], "right": [does("b")]}}], **LIMITED)
    asked = world.count(TakeShare)

    world.run(share(world))

    assert (2, 1) == (asked, world.count(CallOff))
    assert ["a", "b"] == sorted(call.step.id for call in world.commands if isinstance(call, CallNode))
    assert ("completed", None) == world.result


def test_a_branch_that_waits_for_something_else_does_not_mind() -> None:
    world = World(
        plan_of([{"parallel": {"left": [does("a", "test.hang")], "right": [{"wait": "1s"}, does("b")]}}], **LIMITED),
        lambda call: None if call.step.id == "a" else {},
    )

    world.run()

    assert 1 == world.count(TakeShare)
    assert ["a", "b"] == [call.step.id for call in world.commands if isinstance(call, CallNode)]


def test_a_share_is_kept_by_the_next_execution() -> None:
    world = World(plan_of([does("a"), {"approve": "Go on?"}, does("b")], **LIMITED), passes=False)
    world.run()
    world.run(RestRequested())
    world.run(HandedOn())

    kept = world.last(KeepSession)

    assert SHARES == kept.grant.capability


def test_what_is_only_waited_for_is_asked_for_again_by_the_next_execution() -> None:
    world = waiting([does("a", "page.read")])
    first = world.last(OpenSession).number

    world.run(RestRequested())
    rested = world.count(Rest)
    world.run(HandedOn())

    assert (1, 1) == (rested, world.count(CallOff))
    assert first < world.last(OpenSession).number
    assert "session" == _frame(world).waits_for


def test_a_step_that_nobody_takes_is_looked_after() -> None:
    world = World(plan_of([does("a", "test.pay")]), lambda _call: None, passes=False)
    world.run()
    world.run(NodeFailed(world.last(CallNode).number, vanished(taken=False)))
    wanted = world.last(FindRobot)

    assert ("test", "a") == (wanted.capability, wanted.place)
    assert [1, 1] == [call.attempt for call in world.commands if isinstance(call, CallNode)]
    assert [15.0, 300.0] == [call.patience for call in world.commands if isinstance(call, CallNode)]


def test_a_wish_that_takes_a_while_says_why() -> None:
    world = waiting([does("a", "page.read")], needs=["sap"])

    world.run(SessionDelayed(world.last(OpenSession).number, "no robot has sap", unroutable=True))
    waits = situation_of(world.plan, world.state)

    assert ["no robot has sap"] == [wait.what for wait in waits]
    assert (True, ("browser", "sap")) == (waits[0].unroutable, waits[0].tags)
    assert f"seed/{world.last(OpenSession).number}" == waits[0].request
    assert "waiting" == status_of(world.state, waits)


def test_a_run_counts_as_waiting_once_the_pool_has_said_so() -> None:
    world = waiting([does("a", "page.read")])
    at_first = status_of(world.state, situation_of(world.plan, world.state))

    world.run(SessionDelayed(world.last(OpenSession).number, "r1 is busy", unroutable=False))

    assert ("running", "waiting") == (at_first, status_of(world.state, situation_of(world.plan, world.state)))


def test_a_wish_for_a_share_asks_for_no_tags() -> None:
    world = waiting([does("a")], **LIMITED)

    waits = situation_of(world.plan, world.state)

    assert [((), "a share of sap-licence")] == [(wait.tags, wait.what) for wait in waits]
    assert "running" == status_of(world.state, waits)


def test_a_robot_that_appears_is_used_at_once() -> None:
    world = World(plan_of([does("a")]), lambda _call: None, passes=False)
    world.run()
    world.tell(NodeFailed(world.last(CallNode).number, vanished(taken=False)))
    world.tell(SessionDelayed(world.last(FindRobot).number, "no robot has test", unroutable=True))

    world.run(RobotFound(world.last(FindRobot).number))

    assert 2 == world.count(CallNode)
    assert not _frame(world).unroutable


def test_a_session_that_outlives_its_robots_process_is_used_with_its_new_lease() -> None:
    world = World(plan_of([does("a", "page.read"), {"approve": "Go on?"}, does("b", "page.read")]), passes=False)
    world.run()
    held = world.state.sessions["browser"].grant
    assert held is not None
    world.run(SessionKept(held.model_copy(update={"lease": 9})))
    world.run(SessionKept(held.model_copy(update={"id": "another", "lease": 10})))

    now = world.state.sessions["browser"].grant

    assert now is not None
    assert 9 == now.lease


def test_a_third_browser_within_two_others_is_refused() -> None:
    inner = {"session": {}, "do": [does("c", "page.read")]}
    steps = [
        does("a", "page.read"),
        {"session": {}, "do": [does("b", "page.read"), inner]},
    ]
    world = World(plan_of(steps))

    world.run()

    assert ("failed", "TooManySessionsError") == world.result


def test_a_third_browser_beside_others_is_not() -> None:
    steps = [{"session": {}, "do": [does(name, "page.read")]} for name in "abc"]
    world = World(plan_of(steps))

    world.run()

    assert ("completed", None) == world.result


def _frame(world: World) -> Any:
    stack = world.state.fibers[0].stack
    assert stack is not None
    return stack.top
