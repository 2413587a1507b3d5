"""Blocks and runs that must end in time. Time spent parked or paused does not count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from workflows.duration import format_duration
from workflows.errors import BlockTimeoutError, RunTimeoutError
from workflows.flow import error_value
from workflows.frames import BlockFrame, DeadlineFrame, ForkFrame, ParkFrame, Stack, TimedOut
from workflows.interrupting import interrupt
from workflows.plan import AnyPlanStep
from workflows.protocol import StartTimer
from workflows.turn import Turn

SHORTEST = 0.001
"""Seconds; a timer that is due already must be one all the same."""


def begin_deadline(turn: Turn, seconds: float | None) -> None:
    """From now on, what lies on the innermost frame must end in time."""
    if seconds is not None:
        turn.push(arm(turn, DeadlineFrame(turn.number(), turn.now + seconds)))


def arm(turn: Turn, frame: DeadlineFrame) -> DeadlineFrame:
    """Start the timer of a deadline."""
    timer = turn.number()
    turn.commands.append(StartTimer(timer, max(frame.due - turn.now, SHORTEST), "timeout"))
    return replace(frame, timer=timer)


def take_deadline(turn: Turn, timer: int) -> None:
    """A timer has fired that nothing else waits for: what lies on the deadline that had it is left."""
    for fiber in sorted(turn.fibers):
        turn.switch(fiber)
        frames = turn.stack.frames() if turn.stack else ()
        found = next((frame for frame in frames if isinstance(frame, DeadlineFrame) and frame.timer == timer), None)
        if found is not None:
            _overdue(turn, found)
            return


def stand_still(turn: Turn, fiber: int) -> None:
    """What a fiber does is parked: the deadlines around it count no time."""
    for _ in _around(turn, fiber):
        turn.stack = _deadlines(turn.stack, lambda frame: _stopped(turn, frame))


def go_on(turn: Turn, fiber: int) -> None:
    """What a fiber does is not parked any more: the deadlines around it are put off, unless others still are."""
    for each in _around(turn, fiber):
        if not turn.paused and not _parked_inside(turn, each):
            turn.stack = _deadlines(turn.stack, lambda frame: _started(turn, frame))


def stop_clocks(turn: Turn) -> None:
    """The run is paused: no deadline counts time."""
    for fiber in list(turn.fibers):
        turn.switch(fiber)
        turn.stack = _deadlines(turn.stack, lambda frame: _stopped(turn, frame))


def start_clocks(turn: Turn) -> None:
    """The run goes on: all deadlines are put off, but for those around what is parked."""
    for fiber in list(turn.fibers):
        if not _parked_inside(turn, fiber):
            turn.switch(fiber)
            turn.stack = _deadlines(turn.stack, lambda frame: _started(turn, frame))


def _around(turn: Turn, fiber: int) -> Iterator[int]:
    """A fiber and those it belongs to, each under work in its turn; at the end the first is so again."""
    around: int | None = fiber
    while around is not None:
        turn.switch(around)
        yield around
        around = turn.parent
    turn.switch(fiber)


def _stopped(turn: Turn, frame: DeadlineFrame) -> DeadlineFrame:
    return frame if frame.still is not None else replace(frame, still=turn.now)


def _started(turn: Turn, frame: DeadlineFrame) -> DeadlineFrame:
    if frame.still is None:
        return frame
    later = replace(frame, due=frame.due + turn.now - frame.still, still=None)
    return later if later.timer else arm(turn, later)


def _overdue(turn: Turn, frame: DeadlineFrame) -> None:
    fired = replace(frame, timer=0)
    if frame.still is None and frame.due > turn.now:
        fired = arm(turn, fired)
    turn.stack = _deadlines(turn.stack, lambda other: fired if other is frame else other)
    if frame.still is None and frame.due <= turn.now:
        interrupt(turn, _error(turn, fired))


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
    stack = turn.stack
    while stack is not None and stack.top is not deadline:
        stack = stack.below
    below = stack.below.top if stack is not None and stack.below is not None else None
    return turn.plan.blocks[below.block][below.index] if isinstance(below, BlockFrame) else None


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


def _deadlines(stack: Stack | None, changed: Callable[[DeadlineFrame], DeadlineFrame]) -> Stack | None:
    """A stack with its deadlines changed."""
    if stack is None:
        return None
    below = _deadlines(stack.below, changed)
    top = changed(stack.top) if isinstance(stack.top, DeadlineFrame) else stack.top
    return stack if top is stack.top and below is stack.below else Stack(top, below)
