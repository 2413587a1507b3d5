"""What a person has a parked step do, and what cannot be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from workflows.errors import AnswerRefusedError
from workflows.events import Answered
from workflows.flow import drop_deadline, end_step, place_of
from workflows.frames import (
    Aborted,
    BlockFrame,
    Frame,
    InlineFrame,
    Jumped,
    LoopFrame,
    ParkFrame,
    Stack,
)
from workflows.inputs import check_inputs
from workflows.leaving import send
from workflows.parking import unpark
from workflows.plan import Plan
from workflows.state import Answer, Fiber, State
from workflows.turn import Turn

MOST_ANSWERS = 100
"""Decisions of people that a run remembers."""


def check_answer(plan: Plan, state: State, answered: Answered) -> None:
    """Refuse what cannot be done, before anything has changed.

    Raises:
        AnswerRefusedError: nothing waits for this answer, or it does not fit.
        InvalidInputError: the run does not accept these inputs.
    """
    fiber = next((fiber for fiber in state.fibers.values() if _parked(fiber) == answered.number), None)
    if fiber is None or fiber.interrupt is not None:
        raise AnswerRefusedError(
            "the step is not parked any more: somebody has answered, or the run was cancelled; 'aether show' tells"
        )
    here = any(isinstance(frame, BlockFrame) for frame in _frames(fiber.stack))
    if not here and answered.action not in ("retry", "abort"):
        raise AnswerRefusedError("all steps are done and only the outputs are missing: retry, or abort")
    if answered.action == "goto":
        _target(plan, fiber.stack, answered.goto)
    if answered.inputs:
        check_inputs(plan.inputs, {**state.inputs, **answered.inputs})


def take_answer(turn: Turn, answered: Answered) -> None:
    """Do what a person wants."""
    fiber = next(number for number, fiber in turn.fibers.items() if _parked(fiber) == answered.number)
    turn.switch(fiber)
    frame = turn.top
    assert isinstance(frame, ParkFrame)  # noqa: S101 - it was looked for
    turn.inputs = {**turn.inputs, **answered.inputs}
    place = place_of(turn)
    unpark(turn, frame)
    answer = Answer(place, answered.action, answered.by, turn.now, answered.note, frame.error)
    turn.answers = (*turn.answers, answer)[-MOST_ANSWERS:]
    turn.pure_steps = 0
    match answered.action:
        case "retry":
            _retry(turn, frame, place)
        case "skip":
            _to_step(turn)
            end_step(turn, None, "skipped")
        case "set-output":
            _to_step(turn)
            end_step(turn, answered.output)
        case "goto":
            send(turn, _target(turn.plan, turn.stack, answered.goto))
        case "abort":
            send(turn, Aborted(frame.error))
        case other:
            assert_never(other)


def _retry(turn: Turn, frame: ParkFrame, place: str) -> None:
    """The step begins anew; who says that knows that nothing has happened."""
    drop_deadline(turn)
    if isinstance(turn.top, BlockFrame):
        turn.swap(replace(turn.top, tried=frame.tried, passed=True))
    if frame.error.kind == "unknown-outcome":
        turn.sessions = {
            key: replace(held, unsure=None) if held.unsure == place else held for key, held in turn.sessions.items()
        }


def _to_step(turn: Turn) -> None:
    """Come out of everything inside of the step under way."""
    match turn.top:
        case LoopFrame(scope=scope):
            turn.scope = scope
            turn.pop()
        case InlineFrame(scope=scope, variables=variables):
            turn.scope = scope
            turn.variables = variables
            turn.pop()
        case _:
            pass
    drop_deadline(turn)


def _target(plan: Plan, stack: Stack | None, step: str) -> Jumped:
    """Where an earlier step is."""
    known: list[str] = []
    for frame in _frames(stack):
        if not isinstance(frame, BlockFrame):
            continue
        steps = plan.blocks[frame.block][: frame.index + 1]
        for index, candidate in enumerate(steps):
            if candidate.id == step:
                return Jumped(frame.block, index)
        known += [candidate.id for candidate in steps]
    raise AnswerRefusedError(
        f"{step!r} is no earlier step at this place; the run can go back to {', '.join(known) or 'none'}"
    )


def _frames(stack: Stack | None) -> Iterator[Frame]:
    return stack.frames() if stack is not None else iter(())


def _parked(fiber: Fiber) -> int | None:
    top = fiber.stack.top if fiber.stack is not None else None
    return top.number if isinstance(top, ParkFrame) else None
