"""What a run says that it waits for."""

from __future__ import annotations

from typing import Any

from tests.support.machine import World, plan_of, raised, vanished
from workflows.events import NodeFailed
from workflows.observed import Observed
from workflows.protocol import CallNode, ErrorCaught
from workflows.situation import situation_of, status_of


def test_outputs_that_cannot_be_told_are_parked_at_the_end_of_the_run() -> None:
    world = World(plan_of([{"set": {"n": 0}}], on_failure="park", outputs={"part": "${{ 1 / n }}"}))
    world.run()

    (waiting,) = situation_of(world.plan, world.state)

    assert ("parked", "outputs", None) == (waiting.kind, waiting.place, waiting.step)
    assert "parked" == status_of(world.state, (waiting,))


def test_a_page_that_is_being_rebuilt_is_work() -> None:
    answers: list[Any] = [{}, {}, vanished(taken=False), None]
    steps = [{"do": "page.open"}, {"do": "page.fill"}, {"id": "look", "do": "page.read"}]
    world = World(plan_of(steps), lambda _call: answers.pop(0))
    world.run()

    (waiting,) = situation_of(world.plan, world.state)

    assert ("node", "look", "its page, which is being rebuilt") == (waiting.kind, waiting.place, waiting.what)
    assert "running" == status_of(world.state, (waiting,))


def test_what_is_caught_of_another_run_changes_no_step() -> None:
    plan = plan_of([{"id": "a", "do": "test.read"}])
    observed = Observed(plan, 0.0)
    before = observed.progress()

    observed.take(ErrorCaught("elsewhere"))

    assert before == observed.progress()


def test_parked_outputs_belong_to_no_step() -> None:
    world = World(plan_of([{"set": {"n": 0}}], on_failure="park", outputs={"part": "${{ 1 / n }}"}))
    world.run()
    observed = Observed(world.plan, 0.0)

    for command in world.commands:
        if type(command).__name__.startswith("Step"):
            observed.take(command)  # type: ignore[arg-type]  # all of these are reports

    assert ["done"] == [step.status for step in observed.progress().steps]


def test_an_attempt_to_come_is_waited_for_with_its_reason() -> None:
    world = World(plan_of([{"id": "a", "do": "test.read", "retry": {"delays": ["1h"]}}]), lambda _call: None)
    world.run()
    (call,) = [command for command in world.commands if isinstance(command, CallNode)]
    world.tell(NodeFailed(call.number, raised()))

    (waiting,) = situation_of(world.plan, world.state)

    assert ("retry", 1, "waiting") == (waiting.kind, waiting.attempts, status_of(world.state, (waiting,)))
    assert "after BrokenError: it broke" in waiting.what
