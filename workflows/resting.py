"""How a run comes to rest, so that a new execution can go on with its state, and how it goes on."""

from __future__ import annotations

from dataclasses import replace

from workflows.calling import wait_for_attempt
from workflows.deadlines import SHORTEST, arm
from workflows.frames import (
    AskFrame,
    CallFrame,
    ChildFrame,
    DeadlineFrame,
    ForkFrame,
    ParkFrame,
    ReceiveFrame,
    RestoreFrame,
    Stack,
    WaitFrame,
)
from workflows.plan import POOL_FORMAT
from workflows.protocol import CallOff, KeepSession, Rest, StartTimer
from workflows.turn import Turn


def rest(turn: Turn) -> None:
    """Say so when nothing is in flight that a new execution could not go on with."""
    if turn.finished or not turn.holding or turn.resting or turn.breathing is not None:
        return
    current = turn.fiber
    busy = False
    for fiber in list(turn.fibers):
        turn.switch(fiber)
        busy = busy or _in_flight(turn)
    turn.switch(current)
    if not busy:
        turn.resting = True
        turn.commands.append(Rest())


def take_over(turn: Turn) -> None:
    """The first thing a new execution does: everything that was waited for is waited for again."""
    turn.holding = turn.resting = False
    for held in turn.sessions.values():
        if held.grant is not None:
            turn.commands.append(KeepSession(turn.number(), held.grant))
    if turn.cleanup:
        turn.cleanup = _timer(turn, turn.cleanup_due, "tidy up after the cancellation")
    for fiber in sorted(turn.fibers):
        turn.switch(fiber)
        turn.stack = _rearmed(turn, turn.stack)
        turn.idle = 0
        _wait_again(turn)


def begin_waiting(turn: Turn) -> None:
    """Make the attempts that were put off, or wait for their time."""
    for fiber in sorted(turn.fibers):
        turn.switch(fiber)
        top = turn.top
        if isinstance(top, CallFrame) and top.number == 0 and turn.interrupt is None:
            wait_for_attempt(turn)


def withdraw(turn: Turn) -> None:
    """What is only waited for can be asked for again by the next execution."""
    if turn.plan.format < POOL_FORMAT:
        return
    for fiber in sorted(turn.fibers):
        turn.switch(fiber)
        if isinstance(turn.top, CallFrame) and turn.top.waits_for in {"session", "share", "robot"}:
            turn.commands.append(CallOff(turn.top.number))


def _in_flight(turn: Turn) -> bool:
    match turn.top:
        case CallFrame(waits_for="session" | "share" | "robot" | "node") | RestoreFrame():
            return True
        case ForkFrame() | ChildFrame():
            return False
        case _:
            return turn.interrupt is not None


def _rearmed(turn: Turn, stack: Stack | None) -> Stack | None:
    """Deadlines with timers of this execution."""
    if stack is None:
        return None
    below = _rearmed(turn, stack.below)
    if isinstance(stack.top, DeadlineFrame) and stack.top.timer:
        return Stack(arm(turn, stack.top), below)
    return stack if below is stack.below else Stack(stack.top, below)


def _wait_again(turn: Turn) -> None:
    match turn.top:
        case CallFrame() as frame:
            turn.swap(replace(frame, number=0))
            if not turn.waits and turn.interrupt is None:
                wait_for_attempt(turn)
        case WaitFrame() as frame if turn.interrupt is not None:
            turn.swap(replace(frame, number=0))
        case WaitFrame(due=due) as frame:
            turn.swap(replace(frame, number=_timer(turn, due, "wait")))
        case AskFrame(due=float(due)) as frame:
            turn.swap(replace(frame, timer=_timer(turn, due, "expires")))
        case ReceiveFrame(due=float(due)) as frame:
            turn.swap(replace(frame, timer=_timer(turn, due, "expires")))
        case ParkFrame(due=float(due)) as frame:
            turn.swap(replace(frame, timer=_timer(turn, due, "give the sessions back")))
        case _:
            pass


def _timer(turn: Turn, due: float, summary: str) -> int:
    number = turn.number()
    turn.commands.append(StartTimer(number, max(due - turn.now, SHORTEST), summary))
    return number
