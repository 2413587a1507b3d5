"""How a new run goes on where another one was.

What the other one did stays done. Its sessions are gone, so pages are had again; what was in flight and may have
happened is not done again unless a person says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workflows.call import ErrorValue
from workflows.frames import BlockFrame, CallFrame, ChildFrame, DeadlineFrame, ParkFrame, RestoreFrame, Stack, UndoFrame
from workflows.moments import Occurrence
from workflows.places import place_in, step_in
from workflows.plan import CallStep, Plan
from workflows.spec import Effect
from workflows.state import Fiber, State

_UNKNOWN = "unknown-outcome"


@dataclass(frozen=True, slots=True)
class Successor:
    """The run that goes on, and when."""

    run: str
    seed: str
    """What its random choices and keys are made from: the other run's, unless what that one did is to happen again."""
    now: float
    last_number: int
    """Of the other run's commands, at its end."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A step that may have taken effect."""

    fiber: int
    """The branch of the run that is at it."""
    error: ErrorValue


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a new run begins with."""

    state: State
    doubts: tuple[str, ...]
    """The places where it must wait for a person: nobody knows whether these steps took effect."""


def resumed(plan: Plan, state: State, successor: Successor, *, doubt: Doubt | None = None) -> Resumed:
    """The state a new run can begin with; steps that may have happened wait for a person."""
    number = max(state.last_number, successor.last_number)
    fibers: dict[int, Fiber] = {}
    doubts: list[str] = []
    for name, fiber in state.fibers.items():
        stack = _put_off(_settled(fiber.stack), successor.now - state.now)
        error = doubt.error if doubt is not None and doubt.fiber == name else _unsure(plan, fiber.stack)
        if error is not None:
            number += 1
            stack = Stack(ParkFrame(number, error, successor.now), _at_step(stack))
            doubts.append(place_in(plan, stack, fiber.place))
        fibers[name] = replace(fiber, stack=stack, interrupt=None)
    fresh = replace(
        state, run=successor.run, seed=successor.seed, started=successor.now, now=successor.now, fibers=fibers,
        sessions={key: replace(held, grant=None) for key, held in state.sessions.items()},
        last_number=number, breathing=None, pure_steps=0, cancel="no", cleanup=0, cleanup_due=0.0, paused=False,
        holding=False, resting=False, caught=(), finished=False,
    )  # fmt: skip
    return Resumed(fresh, tuple(doubts))


def doubt_of(occurrence: Occurrence) -> Doubt | None:
    """Why nobody knows whether a step took effect that was left without success; None where that is known."""
    error = occurrence.error
    if error is not None and error.kind == _UNKNOWN:
        return Doubt(occurrence.fiber, error)
    last = occurrence.attempts[-1] if occurrence.attempts else None
    if occurrence.effect is Effect.ONCE and last is not None and last.error is None:
        return Doubt(occurrence.fiber, _unknown(occurrence.id, "it was called off"))
    return None


def undone(state: State) -> bool:
    """Whether the run had begun to make undone what it did."""
    return any(
        isinstance(frame, UndoFrame)
        for fiber in state.fibers.values()
        for frame in (fiber.stack.frames() if fiber.stack is not None else ())
    )


def repeated(occurrences: Iterable[Occurrence], *, since: int) -> tuple[str, ...]:
    """Steps with a lasting effect that were done after some moment: who goes on from there does them again."""
    return tuple(
        each.place for each in occurrences if each.effect is Effect.ONCE and each.status == "done" and each.over > since
    )


def _settled(stack: Stack | None) -> Stack | None:
    """A page that was being had again is had again from its beginning, and a parked step begins again."""
    return stack.below if stack is not None and isinstance(stack.top, RestoreFrame | ParkFrame) else stack


def _unsure(plan: Plan, stack: Stack | None) -> ErrorValue | None:
    """Why nobody knows whether what was in flight has happened; None where that does not matter."""
    step = step_in(plan, stack)
    match stack.top if stack is not None else None:
        case ParkFrame(error=error) if error.kind == _UNKNOWN:
            return error
        case CallFrame(waits_for="node", doubt=None) if isinstance(step, CallStep) and step.node.effect is Effect.ONCE:
            return _unknown(step.id, "it was under way")
        case ChildFrame(run=run) if step is not None:
            return _unknown(step.id, f"it had called {run!r}")
        case _:
            return None


def _unknown(step: str, why: str) -> ErrorValue:
    return ErrorValue(
        type="OutcomeUnknownError",
        kind=_UNKNOWN,
        message=f"{why} when the run before this one ended, so it may have taken effect; look before you repeat it",
        step=step,
        acted=None,
    )


def _at_step(stack: Stack | None) -> Stack | None:
    """The stack at the step under way, without what it had begun."""
    while stack is not None and not isinstance(stack.top, BlockFrame):
        stack = stack.below
    return stack


def _put_off(stack: Stack | None, seconds: float) -> Stack | None:
    """Deadlines later by the time in between."""
    if stack is None:
        return None
    below = _put_off(stack.below, seconds)
    if isinstance(stack.top, DeadlineFrame):
        return Stack(replace(stack.top, due=stack.top.due + seconds), below)
    return stack if below is stack.below else Stack(stack.top, below)
