"""What becomes of a run whose desktop went with its robot: no address brings it back."""

from __future__ import annotations

from typing import Any

from tests.support.machine import World, plan_of
from tests.unit.machine.test_restoring import Browser, drive
from workflows.protocol import CallNode, StartTimer
from workflows.spec import Effect

STEPS = [{"id": "amount", "do": "program.fill"}, {"id": "look", "do": "program.read"}]


def lost(steps: list[Any], at: str, **fields: Any) -> World:
    """A run that loses its desktop once; steps that change something there say that it is beyond loading."""
    robot = Browser(at)

    def answer(call: CallNode) -> Any:
        return robot(call) or {"document": "same" if call.step.node.effect is Effect.READ else "beyond"}

    world = World(plan_of(steps, **fields), answer)
    drive(world)
    return world


def test_one_on_which_nothing_was_done_is_simply_replaced() -> None:
    world = lost([{"id": "look", "do": "program.read"}, {"id": "again", "do": "program.read"}], "again")

    assert ["look", "again", "again"] == world.calls
    assert ("completed", None) == world.result


def test_one_whose_first_change_did_not_come_about_is_replaced_too() -> None:
    world = lost(STEPS, "amount")

    assert ["amount", "amount", "look"] == world.calls
    assert ("completed", None) == world.result


def test_one_that_was_changed_is_not_had_again_by_itself() -> None:
    world = lost(STEPS, "look")

    assert ["amount", "look"] == world.calls
    assert world.end is not None
    assert world.end.error is not None
    assert "SessionLostError" == world.end.error.type
    assert "the desktop session was lost with its robot" in world.end.error.message
    assert "without doing 'amount' again" in world.end.error.message
    assert "`restore`" in world.end.error.message


def test_one_that_was_changed_is_had_again_as_the_document_says() -> None:
    world = lost(STEPS, "look", restore=[{"id": "start", "do": "program.fill"}])

    assert ["amount", "look", "start", "look"] == world.calls
    assert "the desktop is there again" in [each.summary for each in world.commands if isinstance(each, StartTimer)]
    assert ("completed", None) == world.result
