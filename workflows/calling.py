"""How a step calls its node: the session it needs, its attempts, and what their answers mean."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from pydantic import JsonValue

from workflows.call import ErrorValue, SessionGrant
from workflows.effects import Fail, Outcome, Raised, Retry, Vanished, after, not_begun
from workflows.expressions.fuel import Fuel
from workflows.expressions.template import resolve_params
from workflows.flow import end_step, send
from workflows.plan import BlockNumber, CallStep
from workflows.protocol import CallNode, NodeDone, OpenSession, StartTimer, StepStarted, StepWaits
from workflows.restoring import beyond_restoring, lose, note_failure, note_page
from workflows.state import BlockFrame, CallFrame, Failed, Held, LoopFrame, Redo, RestoreFrame
from workflows.turn import Turn

SUBJECT_LENGTH = 120


def call_node(turn: Turn, step: CallStep) -> None:
    """Begin the first attempt of a step."""
    fuel = Fuel()
    try:
        params, secrets = resolve_params(step.node.params, turn.names, fuel)
    finally:
        turn.fuel -= fuel.spent
    turn.push(CallFrame("node", 0, params, secrets))
    _attempt(turn, step)


def take_done(turn: Turn, frame: CallFrame, done: NodeDone) -> None:
    """An attempt succeeded."""
    step = _step(turn)
    if step.node.session:
        note_page(turn, step, Redo(*_position(turn), place_of(turn), frame.params, frame.secrets), done.page)
    turn.pop()
    if done.files:
        turn.files = {path: entry for path, entry in {**turn.files, **done.files}.items() if entry is not None}
    end_step(turn, done.output)


def take_failed(turn: Turn, frame: CallFrame, outcome: Outcome) -> None:
    """An attempt did not succeed: try again, or give up."""
    step = _step(turn)
    outcome = replace(outcome, error=outcome.error.model_copy(update={"step": step.id}))
    if frame.waits_for == "session":
        outcome = not_begun(outcome)
    if step.node.session:
        note_failure(turn, step, place_of(turn), outcome)
    ended = frame.ended.counting(outcome)
    turn.swap(replace(frame, attempt=frame.attempt + 1, ended=ended))
    match after(step.node.effect, outcome, ended, step.node.retry, turn.chance()):
        case Retry(delay):
            _retry(turn, step, delay, outcome)
        case Fail(error):
            _give_up(turn, error)
        case other:
            assert_never(other)


def take_retry_time(turn: Turn) -> None:
    """The time of the next attempt has come."""
    _attempt(turn, _step(turn))


def take_session(turn: Turn, frame: CallFrame, grant: SessionGrant) -> None:
    """The session a step waited for is open; what its page held before is entered first."""
    step = _step(turn)
    held = turn.sessions.get(grant.capability, Held(None))
    turn.sessions = {**turn.sessions, grant.capability: replace(held, grant=grant)}
    if held.since and not step.node.checkpoint:
        turn.push(RestoreFrame(0, held.since))
        _redo(turn, grant, held.since)
    else:
        _call(turn, step, frame)


def take_redone(turn: Turn, frame: RestoreFrame) -> None:
    """One step of a restored page is done again."""
    remaining = frame.remaining[1:]
    grant = turn.sessions[_step(turn).node.capability].grant
    if remaining and grant is not None:
        _redo(turn, grant, remaining)
    else:
        turn.pop()
        _attempt(turn, _step(turn))


def take_not_redone(turn: Turn, frame: RestoreFrame, outcome: Outcome) -> None:
    """A page could not be restored: the session is given up, and the step's attempt with it."""
    turn.pop()
    lose(turn, _step(turn).node.capability)
    if isinstance(outcome, Vanished):
        take_failed(turn, _frame(turn), not_begun(outcome))
        return
    place = frame.remaining[0].place
    message = f"the page could not be rebuilt in a new session: {place!r} failed with {outcome.error.message}"
    take_failed(turn, _frame(turn), Raised(ErrorValue(type="SessionLostError", kind="robot", message=message)))


def place_of(turn: Turn) -> str:
    """The step under way with the rounds it is in, e.g. `pay_all[7].pay`."""
    parts: list[str] = []
    position: int | None = None
    for frame in turn.stack.frames() if turn.stack else ():
        if isinstance(frame, LoopFrame):
            position = frame.position
        elif isinstance(frame, BlockFrame):
            step = turn.plan.blocks[frame.block][frame.index]
            if position is not None:
                parts.append(f"{step.id}[{position}]")
            elif not parts:
                parts.append(step.id)
            position = None
    return ".".join(reversed(parts))


def subject_of(step: CallStep, params: dict[str, JsonValue]) -> str | None:
    """What a step acts on, for people."""
    value = params.get(step.node.label) if step.node.label else None
    if isinstance(value, dict):
        value = " ".join(str(part) for part in value.values() if isinstance(part, str | int))
    if not isinstance(value, str) or not value:
        return None
    return value if len(value) <= SUBJECT_LENGTH else value[: SUBJECT_LENGTH - 1] + "…"


def _attempt(turn: Turn, step: CallStep) -> None:
    frame = _frame(turn)
    held = turn.sessions.get(step.node.capability)
    if not step.node.session or (held is not None and held.grant is not None):
        _call(turn, step, frame)
    elif held is not None and held.unsure is not None and not step.node.checkpoint:
        _give_up(turn, beyond_restoring(step.id, held.unsure))
    else:
        number = turn.number()
        turn.commands.append(OpenSession(number, step.node.capability, held.checkpoint if held else None))
        turn.commands.append(StepWaits(step.number, f"a robot with {step.node.capability!r}"))
        turn.swap(replace(frame, waits_for="session", number=number))


def _give_up(turn: Turn, error: ErrorValue) -> None:
    turn.pop()
    send(turn, Failed(error))


def _redo(turn: Turn, grant: SessionGrant, remaining: tuple[Redo, ...]) -> None:
    redo = remaining[0]
    step = turn.plan.blocks[redo.block][redo.index]
    assert isinstance(step, CallStep)  # noqa: S101 - only calls are noted for doing again
    number = turn.number()
    turn.swap(RestoreFrame(number, remaining))
    turn.commands.append(
        CallNode(
            number=number,
            step=step,
            place=redo.place,
            attempt=1,
            params=redo.params,
            secrets=redo.secrets,
            session=grant,
            files=turn.files if step.node.workspace else None,
        )
    )


def _call(turn: Turn, step: CallStep, frame: CallFrame) -> None:
    number = turn.number()
    turn.swap(replace(frame, waits_for="node", number=number))
    turn.commands.append(
        StepStarted(step.number, turn.now, attempt=frame.attempt, subject=subject_of(step, frame.params))
    )
    turn.commands.append(
        CallNode(
            number=number,
            step=step,
            place=place_of(turn),
            attempt=frame.attempt,
            params=frame.params,
            secrets=frame.secrets,
            session=turn.sessions[step.node.capability].grant if step.node.session else None,
            files=turn.files if step.node.workspace else None,
        )
    )


def _retry(turn: Turn, step: CallStep, delay: float, outcome: Outcome) -> None:
    if delay == 0:
        _attempt(turn, step)
        return
    frame = _frame(turn)
    number = turn.number()
    why = f"attempt {frame.attempt} in {delay:.0f} s, after {outcome.error.type}: {outcome.error.message}"
    turn.commands.append(StartTimer(number, delay, f"{step.id}: {why}"[:300]))
    turn.commands.append(StepWaits(step.number, why))
    turn.swap(replace(frame, waits_for="retry", number=number))


def _position(turn: Turn) -> tuple[BlockNumber, int]:
    """The block and index of the step under way."""
    frames = turn.stack.frames() if turn.stack else ()
    return next((frame.block, frame.index) for frame in frames if isinstance(frame, BlockFrame))


def _step(turn: Turn) -> CallStep:
    step = turn.step()
    assert isinstance(step, CallStep)  # noqa: S101 - call frames lie on node steps only
    return step


def _frame(turn: Turn) -> CallFrame:
    assert turn.stack is not None  # noqa: S101 - asked for while the step is under way
    assert isinstance(turn.stack.top, CallFrame)  # noqa: S101 - the same
    return turn.stack.top
