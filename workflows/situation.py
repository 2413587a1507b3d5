"""What a run waits for, and what state that is for people."""

from __future__ import annotations

from workflows.causes import cause_of
from workflows.frames import (
    AskFrame,
    CallFrame,
    ChildFrame,
    ParkFrame,
    ReceiveFrame,
    RestoreFrame,
    WaitFrame,
)
from workflows.places import place_in, step_in
from workflows.plan import ApprovePlan, CallStep, Plan, ReceivePlan
from workflows.progress import Decision, RunStatus, Waiting
from workflows.restoring import held_thing
from workflows.state import Fiber, State

LONG_WAIT = 60.0
"""Seconds; a run that sleeps for less counts as running."""


def situation_of(plan: Plan, state: State) -> tuple[Waiting, ...]:
    """What each branch of a run waits for."""
    return tuple(
        waiting
        for number in sorted(state.fibers)
        if (waiting := _waiting(plan, state, state.fibers[number])) is not None
    )


def decisions_of(state: State) -> tuple[Decision, ...]:
    """What people had a run do when it was parked."""
    return tuple(
        Decision(
            place=answer.place, action=answer.action, by=answer.by, at=answer.at, note=answer.note, error=answer.error
        )
        for answer in state.answers
    )


def status_of(state: State, waits: tuple[Waiting, ...]) -> RunStatus:
    """What state a run that has not ended is in: whether people must act counts most."""
    if state.paused:
        return "paused"
    if any(waiting.kind == "parked" for waiting in waits):
        return "parked"
    if waits and all(_long(waiting, state.now) for waiting in waits):
        return "waiting"
    return "running"


def _long(waiting: Waiting, now: float) -> bool:
    match waiting.kind:
        case "person" | "event" | "child":
            return True
        case "robot":
            return waiting.delayed
        case "timer" | "retry":
            return waiting.due is not None and waiting.due - now >= LONG_WAIT
        case _:
            return False


def _waiting(plan: Plan, state: State, fiber: Fiber) -> Waiting | None:  # noqa: PLR0911 - one answer a frame
    top = fiber.stack.top if fiber.stack is not None else None
    step = step_in(plan, fiber.stack)
    place = place_in(plan, fiber.stack, fiber.place)
    known = {"place": place, "step": step.id if step is not None else None}
    match top:
        case ParkFrame(number, error, since, tried, due=due):
            return Waiting(
                **known, kind="parked", what=error.message, number=number, since=since, due=due, error=error,
                cause=cause_of(error), attempts=tried,
            )  # fmt: skip
        case AskFrame(number, question, due=due):
            assert isinstance(step, ApprovePlan)  # noqa: S101 - ask frames lie on these steps only
            return Waiting(
                **known, kind="person", what=question, number=number, due=due, question=question, form=step.form,
                by=step.by,
            )  # fmt: skip
        case ReceiveFrame(key=key, due=due):
            assert isinstance(step, ReceivePlan)  # noqa: S101 - receive frames lie on these steps only
            named = f" for {key!r}" if key is not None else ""
            return Waiting(**known, kind="event", what=f"the event {step.event!r}{named}", due=due)
        case ChildFrame(run=run):
            return Waiting(**known, kind="child", what=f"the run {run!r}", child=run)
        case WaitFrame(due=due):
            return Waiting(**known, kind="timer", what="its time", due=due)
        case CallFrame() as frame:
            return _calling(plan, state, fiber, frame, known)
        case RestoreFrame(remaining=[redo, *_]):
            what = held_thing(redo.step.node.capability)
            return Waiting(**known, kind="node", what=f"its {what}, which is being rebuilt")
        case _:
            return None


def _calling(plan: Plan, state: State, fiber: Fiber, frame: CallFrame, known: dict[str, str | None]) -> Waiting:
    step = step_in(plan, fiber.stack)
    assert isinstance(step, CallStep)  # noqa: S101 - call frames lie on node steps only
    if frame.waits_for == "retry":
        return Waiting(**known, kind="retry", what=frame.why, due=frame.due, attempts=frame.attempt - 1)
    if frame.waits_for in {"session", "share", "robot"}:
        tags = (step.node.capability, *plan.needs, *fiber.area.needs) if frame.waits_for != "share" else ()
        return Waiting(
            **known, kind="robot", what=frame.why, tags=tuple(dict.fromkeys(tags)), delayed=frame.delayed,
            unroutable=frame.unroutable,
            request=f"{state.seed}/{frame.number}",
        )  # fmt: skip
    held = state.sessions.get(fiber.area.key(step.node.capability))
    robot = held.grant.robot if step.node.session and held is not None and held.grant is not None else None
    what = f"{step.node.type} on robot {robot!r}" if robot else step.node.type
    return Waiting(**known, kind="node", what=what, attempts=frame.attempt, tags=(step.node.capability,))
