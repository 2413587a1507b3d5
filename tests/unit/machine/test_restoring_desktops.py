"""What becomes of a run whose desktop went with its robot: no address brings it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.machine import World, plan_of, raised, vanished
from workflows.protocol import CallNode, StartTimer
from workflows.situation import situation_of

LAUNCH = {"id": "launch", "do": "program.fill"}
SEND = {"id": "send", "do": "program.press"}
AMOUNT = {"id": "amount", "do": "program.fill", "with": {"value": "9"}}
LOOK = {"id": "look", "do": "program.read", "retry": {"delays": []}}


def lost(steps: list[Any], at: str, **fields: Any) -> World:
    """A run that loses its desktop in a step's first attempt."""
    gone = iter([vanished()])

    def answer(call: CallNode) -> Any:
        return next(gone, {}) if call.place == at else {}

    world = World(plan_of(steps, **fields), answer, passes=False)
    world.run()
    return world


@pytest.mark.parametrize(
    ("steps", "at", "calls"),
    [
        ([LOOK, {**LOOK, "id": "again"}], "again", ["look", "again", "again"]),
        ([LAUNCH, LOOK], "launch", ["launch", "launch", "look"]),
        ([LAUNCH, AMOUNT, LOOK], "look", ["launch", "amount", "look", "launch", "amount", "look"]),
    ],
    ids=["nothing but reading", "the first change", "what may be repeated"],
)
def test_what_may_be_repeated_is_done_again_on_a_new_one(steps: list[Any], at: str, calls: list[str]) -> None:
    world = lost(steps, at)
    world.later(60)

    assert calls == world.calls
    assert ("completed", None) == world.result


def test_one_that_was_acted_upon_is_not_had_again_by_itself() -> None:
    world = lost([LAUNCH, SEND, LOOK], "look")

    assert ["launch", "send", "look"] == world.calls
    assert world.end is not None
    assert world.end.error is not None
    assert "SessionLostError" == world.end.error.type
    assert "the desktop session was lost with its robot" in world.end.error.message
    assert "without doing 'send' again" in world.end.error.message
    assert "`restore`" in world.end.error.message


def test_one_that_was_acted_upon_is_had_again_as_the_document_says() -> None:
    world = lost([LAUNCH, SEND, AMOUNT, LOOK], "look", restore=[{"id": "start", "do": "program.fill"}])

    assert ["launch", "send", "amount", "look", "start", "amount", "look"] == world.calls
    assert ("completed", None) == world.result


def test_the_wait_until_it_is_there_again_names_a_desktop() -> None:
    world = lost([LAUNCH, SEND, LOOK], "look", restore=[{"id": "start", "do": "program.fill"}])

    assert "the desktop is there again" in [each.summary for each in world.commands if isinstance(each, StartTimer)]


def test_one_on_which_a_program_does_not_launch_again_names_a_desktop() -> None:
    answers: Iterator[Any] = iter([{}, vanished(), None])
    world = World(plan_of([LAUNCH, LOOK]), lambda _: next(answers, raised()), passes=False)
    world.run()
    world.later(60)

    waiting = [each.what for each in situation_of(world.plan, world.state)]

    assert ["its desktop, which is being rebuilt"] == waiting


def test_one_on_which_a_program_cannot_be_launched_again_says_so() -> None:
    answers: Iterator[Any] = iter([{}, vanished(), raised(name="ApplicationFailedError")])
    world = World(plan_of([LAUNCH, LOOK]), lambda _: next(answers), passes=False)

    world.run()

    assert world.end is not None
    assert world.end.error is not None
    assert "the desktop could not be rebuilt in a new session: 'launch' failed" in world.end.error.message
