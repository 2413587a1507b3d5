"""Blocks and runs that must end in time. Time spent parked does not count."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from workflows.duration import format_duration
from workflows.errors import BlockTimeoutError, RunTimeoutError
from workflows.flow import error_value
from workflows.frames import BlockFrame, DeadlineFrame, ForkFrame, ParkFrame, Stack, TimedOut
from workflows.interrupting import interrupt
from workflows.parking import arm
from workflows.plan import AnyPlanStep
from workflows.turn import Turn


def begin_deadline(turn: Turn, seconds: float | None) -> None:
    """From now on, what lies on the innermost frame must end in time."""
    if seconds is not None:
        turn.push(arm(turn, DeadlineFrame(0, turn.now + seconds)))


def take_deadline(turn: Turn, number: int) -> bool:
    """Whether a timer was a deadline's; if so, what lies on the deadline is left."""
    for fiber in sorted(turn.fibers):
        turn.switch(fiber)
        frames = turn.stack.frames() if turn.stack else ()
        found = next((frame for frame in frames if isinstance(frame, DeadlineFrame) and frame.number == number), None)
        if found is not None:
            _overdue(turn, found)
            return True
    return False


def _overdue(turn: Turn, frame: DeadlineFrame) -> None:
    if _parked_inside(turn, turn.fiber):
        turn.stack = _replaced(turn.stack, frame, replace(frame, number=0))
    elif frame.due > turn.now:
        turn.stack = _replaced(turn.stack, frame, arm(turn, frame))
    else:
        interrupt(turn, _error(turn, frame))


def _error(turn: Turn, frame: DeadlineFrame) -> TimedOut:
    step = _step_with(turn, frame)
    if step is None:
        limit = _words(turn.plan.limit_seconds)
        return TimedOut(frame.number, error_value(RunTimeoutError(f"the run took longer than {limit}"), None))
    message = f"step {step.id!r} took longer than its timeout of {_words(step.limit_seconds)}"
    return TimedOut(frame.number, error_value(BlockTimeoutError(message, acted=None), step.id))


def _words(seconds: float | None) -> str:
    return format_duration(timedelta(seconds=seconds or 0))


def _step_with(turn: Turn, deadline: DeadlineFrame) -> AnyPlanStep | None:
    """The step that has this deadline; None for the run."""
    below: Stack | None = turn.stack
    while below is not None and below.top is not deadline:
        below = below.below
    place = below.below.top if below is not None and below.below is not None else None
    return turn.plan.blocks[place.block][place.index] if isinstance(place, BlockFrame) else None


def _parked_inside(turn: Turn, fiber: int) -> bool:
    """Whether a fiber, or one of its branches, waits for a person to mend it."""
    stack = turn.stack if fiber == turn.fiber else turn.fibers[fiber].stack
    match stack.top if stack else None:
        case ParkFrame():
            return True
        case ForkFrame(running=running):
            return any(_parked_inside(turn, branch) for branch in running)
        case _:
            return False


def _replaced(stack: Stack | None, old: DeadlineFrame, new: DeadlineFrame) -> Stack | None:
    if stack is None:
        return None
    if stack.top is old:
        return Stack(new, stack.below)
    return Stack(stack.top, _replaced(stack.below, old, new))
