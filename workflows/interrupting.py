"""How a fiber is made to leave what it does: its answers are called off, and what is tidying up ends first."""

from __future__ import annotations

from dataclasses import replace

from workflows.frames import (
    AskFrame,
    CallFrame,
    Cancelled,
    ChildFrame,
    DeadlineFrame,
    ForkFrame,
    ParkFrame,
    ReceiveFrame,
    RestoreFrame,
    Signal,
    Stack,
    TimedOut,
    TryFrame,
    WaitFrame,
)
from workflows.protocol import CallOff
from workflows.turn import Turn


def interrupt(turn: Turn, signal: Signal) -> None:
    """Make the fiber under work leave with a signal.

    A `finally` block under way comes to its end first; everything else is left as soon as what is in flight has said
    how it ended.
    """
    if isinstance(turn.interrupt, Cancelled):
        return
    deadline = signal.deadline if isinstance(signal, TimedOut) else None
    stack = _after_finally(turn.stack, signal, deadline)
    if stack is not None:
        turn.stack = stack
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
    """The stack with the signal waiting behind the outermost `finally` under way; None without one.

    A deadline looks only at what lies on it.
    """
    if stack is None or (isinstance(stack.top, DeadlineFrame) and stack.top.number == deadline):
        return None
    below = _after_finally(stack.below, signal, deadline)
    if below is not None:
        return Stack(stack.top, below)
    if isinstance(stack.top, TryFrame) and stack.top.phase == "finally":
        return Stack(replace(stack.top, pending=signal), stack.below)
    return None
