"""What a call must have before it can begin: its share of what is scarce, and a robot that can do it."""

from __future__ import annotations

from dataclasses import replace

from workflows.call import ErrorValue, SessionGrant
from workflows.fleet import MOST_SESSIONS
from workflows.frames import CallFrame, SessionFrame
from workflows.parking import frames_around
from workflows.plan import CallStep
from workflows.protocol import FindRobot, StepWaits, TakeShare
from workflows.state import Held
from workflows.turn import Turn

SHARES = "shares"
"""The capability of a lease that is no session: it holds what is scarce, and no robot."""


def missing_share(turn: Turn) -> str | None:
    """The key of a lease of what is scarce that the fiber under work must have first; None if it has all."""
    for key in turn.area.shares:
        held = turn.sessions.get(key)
        if held is None or held.grant is None:
            return key
    return None


def take_share(turn: Turn, step: CallStep, frame: CallFrame, key: str, place: str) -> None:
    """Ask for a share of what is scarce."""
    number = turn.number()
    limits = turn.area.shares[key]
    why = f"a share of {', '.join(limits)}"
    turn.commands.append(TakeShare(number, limits, place))
    turn.commands.append(StepWaits(step.number, why))
    turn.swap(replace(frame, waits_for="share", number=number, why=why, delayed=False, unroutable=False))


def note_share(turn: Turn, grant: SessionGrant) -> list[int]:
    """A share was had: keep it, and say which other fibers wait for the same one."""
    key = missing_share(turn)
    assert key is not None  # noqa: S101 - whoever gets the last one wakes those that ask for it too
    turn.sessions = {**turn.sessions, key: Held(grant, SHARES)}
    return [
        number
        for number, fiber in sorted(turn.fibers.items())
        if number != turn.fiber and key in fiber.area.shares and _waits_for_share(fiber.stack and fiber.stack.top)
    ]


def find_robot(turn: Turn, step: CallStep, frame: CallFrame, place: str) -> None:
    """Nobody has taken a step that any robot could do: ask whether there is one."""
    number = turn.number()
    why = f"a robot with {step.node.capability}"
    turn.commands.append(FindRobot(number, step.node.capability, place))
    turn.commands.append(StepWaits(step.number, why))
    turn.swap(replace(frame, waits_for="robot", number=number, why=why, delayed=False, unroutable=False))


def note_delay(turn: Turn, step: CallStep, frame: CallFrame, why: str, *, unroutable: bool) -> None:
    """What was asked for takes a while."""
    turn.commands.append(StepWaits(step.number, why, unroutable=unroutable and not frame.unroutable))
    turn.swap(replace(frame, why=why, delayed=True, unroutable=unroutable))


def too_many_sessions(turn: Turn, step: CallStep) -> ErrorValue | None:
    """The error of a session that could never be had, because the steps around hold all that the run may have."""
    capability = step.node.capability
    around = [frame.outer.key(capability) for frame in frames_around(turn) if isinstance(frame, SessionFrame)]
    held = [key for key in around if (one := turn.sessions.get(key)) is not None and one.grant is not None]
    if len(held) < MOST_SESSIONS:
        return None
    message = (
        f"this would be the {capability} number {len(held) + 1} that the run holds, each within the other; a run may "
        f"hold {MOST_SESSIONS} at a time: let a 'session' step end before the next one begins"
    )
    return ErrorValue(type="TooManySessionsError", kind="configuration", message=message, step=step.id)


def _waits_for_share(frame: object) -> bool:
    return isinstance(frame, CallFrame) and frame.waits_for == "share"
