"""Sessions of fibers that wait for long: a robot is not held for what may take days."""

from __future__ import annotations

from workflows.frames import AskFrame, CallFrame, ChildFrame, Frame, ReceiveFrame, WaitFrame
from workflows.plan import POOL_FORMAT
from workflows.protocol import CallOff, StartTimer
from workflows.restoring import lose
from workflows.turn import Turn


def watch_idle(turn: Turn) -> None:
    """Time how long fibers wait that hold a session; those that wait no more are not timed any more."""
    if turn.plan.format < POOL_FORMAT:
        return
    turn.commands.extend(CallOff(timer) for timer in turn.orphaned_timers())
    current = turn.fiber
    for fiber in sorted(turn.fibers):
        turn.switch(fiber)
        idle = not turn.finished and _waits_long(turn) and bool(_idle(turn))
        if idle and not turn.idle:
            turn.idle = turn.number()
            turn.commands.append(StartTimer(turn.idle, turn.plan.hold, "give the sessions back"))
        elif turn.idle and not idle:
            turn.commands.append(CallOff(turn.idle))
            turn.idle = 0
    turn.switch(current)


def take_idle(turn: Turn, number: int) -> bool:
    """Give back what a fiber has held for long enough without using it; whether the timer was for that."""
    for fiber in turn.fibers:
        turn.switch(fiber)
        if turn.idle == number:
            turn.idle = 0
            for key in _idle(turn):
                lose(turn, key)
            return True
    return False


def _waits_long(turn: Turn) -> bool:
    """Whether the fiber under work waits for nothing that a robot does, and for longer than sessions are held."""
    return _lasts(turn.top, turn.now + turn.plan.hold)


def _lasts(frame: Frame | None, until: float) -> bool:
    match frame:
        case CallFrame(waits_for="retry", due=due) | WaitFrame(due=due):
            return due > until
        case AskFrame(due=due) | ReceiveFrame(due=due):
            return due is None or due > until
        case ChildFrame():
            return True
        case _:
            return False


def _idle(turn: Turn) -> list[str]:
    """The keys of what the fiber under work holds and could have again."""
    return [
        key
        for key, held in turn.sessions.items()
        if key == turn.area.key(held.capability) and held.grant is not None and held.unsure is None
    ]
