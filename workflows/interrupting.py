"""How a fiber is made to leave what it does: its answers are called off, and what is tidying up ends first."""

from __future__ import annotations

from dataclasses import replace

from workflows.frames import (
    Aborted,
    AskFrame,
    CallFrame,
    Cancelled,
    ChildFrame,
    DeadlineFrame,
    Failed,
    ForkFrame,
    ParkFrame,
    ReceiveFrame,
    RestoreFrame,
    Signal,
    Stack,
    TimedOut,
    TryFrame,
    UndoFrame,
    WaitFrame,
)
from workflows.protocol import CallOff
from workflows.turn import Turn


def interrupt(turn: Turn, signal: Signal) -> None:
    """Make the fiber under work leave with a signal.

    A `finally` block under way comes to its end first; everything else is left as soon as what is in flight has said
    how it ended.
    """
    if _stronger(turn, signal):
        return
    deadline = signal.deadline if isinstance(signal, TimedOut) else None
    stack = _after_finally(turn.stack, signal, deadline)
    if stack is not None:
        turn.stack = stack
        _give_up_mending(turn)
        return
    turn.interrupt = signal
    match turn.top:
        case CallFrame(number=number) | RestoreFrame(number=number) | WaitFrame(number=number):
            _call_off(turn, number)
        case ChildFrame(number=number):
            _call_off(turn, number)
        case AskFrame(timer=timer) | ReceiveFrame(timer=timer) | ParkFrame(timer=timer):
            _call_off(turn, timer)
        case ForkFrame() as fork:
            interrupt_all(turn, fork.running)
        case _:
            pass


def interrupt_all(turn: Turn, fibers: tuple[int, ...]) -> None:
    """Cancel branches or rounds; the fiber under work stays the same."""
    current = turn.fiber
    for fiber in fibers:
        turn.switch(fiber)
        interrupt(turn, Cancelled())
    turn.switch(current)


def _stronger(turn: Turn, signal: Signal) -> bool:
    """Whether the fiber under work leaves already, and at least as far as a signal would have it."""
    if not isinstance(turn.interrupt, TimedOut) or not isinstance(signal, TimedOut):
        return isinstance(turn.interrupt, Cancelled)
    frames = turn.stack.frames() if turn.stack else ()
    deadlines = [frame.number for frame in frames if isinstance(frame, DeadlineFrame)]
    return deadlines.index(turn.interrupt.deadline) > deadlines.index(signal.deadline)


def _give_up_mending(turn: Turn) -> None:
    """What tidies up goes on, but nobody is waited for to mend it: what is parked in it has failed."""
    match turn.top:
        case ParkFrame(error=error, timer=timer):
            _call_off(turn, timer)
            turn.interrupt = Failed(error)
        case ForkFrame(running=running):
            current = turn.fiber
            for fiber in running:
                turn.switch(fiber)
                _give_up_mending(turn)
            turn.switch(current)
        case _:
            pass


def in_flight(turn: Turn) -> bool:
    """Whether the fiber under work must hear from the world before it can leave."""
    match turn.top:
        case CallFrame(number=number) | RestoreFrame(number=number) | WaitFrame(number=number):
            return number > 0
        case ChildFrame():
            return True
        case ForkFrame(running=running):
            return bool(running)
        case _:
            return False


def _call_off(turn: Turn, number: int) -> None:
    if number:
        turn.commands.append(CallOff(number))


def _after_finally(stack: Stack | None, signal: Signal, deadline: int | None) -> Stack | None:
    """The stack with the signal waiting behind the outermost `finally` or `undo` under way; None without one.

    A deadline looks only at what lies on it.
    """
    if stack is None or (isinstance(stack.top, DeadlineFrame) and stack.top.number == deadline):
        return None
    below = _after_finally(stack.below, signal, deadline)
    if below is not None:
        return Stack(stack.top, below)
    match stack.top:
        case UndoFrame() | TryFrame(phase="finally", pending=Cancelled() | Aborted()):
            return stack
        case TryFrame(phase="finally") as attempt:
            return Stack(replace(attempt, pending=signal), stack.below)
        case _:
            return None
