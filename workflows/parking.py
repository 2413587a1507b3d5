"""Whether a step that has failed for good waits for a person, and how.

A run that can be mended keeps its place: what it did is not done again, and its page stays open for a while.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workflows.call import ErrorValue
from workflows.deadlines import go_on, stand_still
from workflows.flow import place_of
from workflows.frames import (
    Aborted,
    BlockFrame,
    Cancelled,
    Frame,
    ParkFrame,
    TryFrame,
    UndoFrame,
)
from workflows.plan import CatchPlan, TryPlan
from workflows.protocol import CallOff, StartTimer, StepParked
from workflows.restoring import lose
from workflows.turn import Turn

PARKING_FORMAT = 2
"""Plans of earlier formats were promised that their runs fail."""

STOPPED_BEFORE = ErrorValue(
    type="BreakpointReached",
    kind="robot",
    message="the run stops before this step, as its author wanted; retry goes on",
)
"""Why a step is parked that was not even begun."""

_MENDABLE = frozenset({"robot", "configuration", "unknown-outcome"})
"""Kinds of errors that somebody can mend; of a case that is wrong the document itself must tell what follows."""


def parks(turn: Turn, error: ErrorValue) -> bool:
    """Whether the fiber under work waits for a person instead of failing with an error."""
    return (
        turn.plan.format >= PARKING_FORMAT
        and turn.plan.on_failure == "park"
        and error.kind in _MENDABLE
        and turn.cancel == "no"
        and not _leaving(turn)
        and not catches(turn, error)
    )


def park(turn: Turn, error: ErrorValue, tried: int) -> None:
    """Wait for a person at the step under way."""
    at = turn.at()
    number = turn.number()
    timer, due = 0, None
    if _held(turn):
        timer, due = turn.number(), turn.now + turn.plan.hold
        turn.commands.append(StartTimer(timer, turn.plan.hold, "give the sessions back"))
    place = place_of(turn)
    turn.push(ParkFrame(number, error, turn.now, tried, timer, due))
    stand_still(turn, turn.fiber)
    step = turn.plan.blocks[at.block][at.index].number if at is not None else None
    turn.commands.append(StepParked(step, number, place, turn.now, error))


def give_back(turn: Turn, frame: ParkFrame) -> None:
    """The time a parked step keeps its sessions is over."""
    turn.swap(replace(frame, timer=0, due=None))
    for key in _held(turn):
        lose(turn, key)


def unpark(turn: Turn, frame: ParkFrame) -> None:
    """A person has answered: the step under way is as it was before it failed."""
    turn.pop()
    if frame.timer:
        turn.commands.append(CallOff(frame.timer))
    go_on(turn, turn.fiber)


def catches(turn: Turn, error: ErrorValue) -> bool:
    """Whether some `try` around the step under way, here or in whoever called this run, answers an error."""
    names = error_names(error)
    if not names.isdisjoint(turn.caught):
        return True
    return any(not names.isdisjoint(clause.on) for clause in clauses_around(turn))


def clauses_around(turn: Turn) -> list[CatchPlan]:
    """The catches of all `try` steps whose body the fiber under work is in, innermost first."""
    found: list[CatchPlan] = []
    trying = False
    for frame in frames_around(turn):
        if isinstance(frame, TryFrame):
            trying = frame.phase == "try"
        elif isinstance(frame, BlockFrame) and trying:
            step = turn.plan.blocks[frame.block][frame.index]
            assert isinstance(step, TryPlan)  # noqa: S101 - try frames lie on try steps only
            found += step.catches
            trying = False
    return found


def frames_around(turn: Turn) -> Iterator[Frame]:
    """All frames of the fiber under work and of those it belongs to, innermost first."""
    yield from turn.stack.frames() if turn.stack else ()
    parent = turn.parent
    while parent is not None:
        fiber = turn.fibers[parent]
        yield from fiber.stack.frames() if fiber.stack else ()
        parent = fiber.parent


def error_names(error: ErrorValue) -> set[str]:
    """What a `catch` may call an error.

    An outcome that nobody knows is caught by its own name only, lest a catch for robots repeats it by accident.
    """
    return {error.type} if error.kind == "unknown-outcome" else {error.type, error.kind, "any"}


def _leaving(turn: Turn) -> bool:
    """Whether the fiber under work only tidies up after it was cancelled."""
    return any(
        (isinstance(frame, TryFrame) and isinstance(frame.pending, Cancelled | Aborted))
        or (isinstance(frame, UndoFrame) and isinstance(frame.ending, Cancelled))
        for frame in frames_around(turn)
    )


def _held(turn: Turn) -> list[str]:
    """The keys of the sessions of the area under work that a robot holds."""
    return [
        key for key, held in turn.sessions.items() if key == turn.area.key(held.capability) and held.grant is not None
    ]
