"""Paused, a run begins nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.machine import World, plan_of, raised
from workflows.call import SessionGrant
from workflows.events import (
    HandedOn,
    NodeDone,
    NodeFailed,
    PauseRequested,
    RestRequested,
    ResumeRequested,
    SessionOpened,
)
from workflows.protocol import CallNode, OpenSession


def does(name: str, node: str) -> dict[str, Any]:
    return {"id": name, "do": node}


@pytest.mark.parametrize("node", ["test.read", "page.read"])
def test_paused_a_run_begins_nothing(node: str) -> None:
    world = World(plan_of([does("a", node), does("b", node)]), lambda _call: None, passes=False)
    world.run()
    world.run(PauseRequested())
    world.run(NodeDone(world.last(CallNode).number, {}))
    paused = list(world.calls)

    world.run(ResumeRequested())

    assert (["a"], ["a", "b"]) == (paused, world.calls)


def test_an_attempt_whose_session_opens_while_paused_is_made_later() -> None:
    world = World(plan_of([does("a", "page.read")]), sessions=False, passes=False)
    world.run()
    world.run(PauseRequested())
    world.run(SessionOpened(world.last(OpenSession).number, SessionGrant(id="s1", robot="r1", capability="browser")))
    paused = list(world.calls)

    world.run(ResumeRequested())

    assert ([], ["a"]) == (paused, world.calls)
    assert ("completed", None) == world.result


def test_a_paused_run_stays_so_in_the_next_execution() -> None:
    world = World(
        plan_of([{"id": "a", "do": "test.read", "retry": {"delays": ["5s"]}}]), lambda _call: None, passes=False
    )
    world.run()
    world.run(PauseRequested())
    world.run(RestRequested())
    world.run(NodeFailed(world.last(CallNode).number, raised()))
    world.run(HandedOn())
    paused = list(world.calls)

    world.run(ResumeRequested())
    world.later(6)

    assert (["a"], ["a", "a"]) == (paused, world.calls)
