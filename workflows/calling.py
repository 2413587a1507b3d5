"""How a step calls its node: the session it needs, its attempts, and what their answers mean."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from pydantic import JsonValue

from workflows.call import Checkpoint, ErrorValue, SessionGrant
from workflows.effects import Fail, Look, Outcome, Raised, Retry, Vanished, after, not_begun
from workflows.events import NodeDone
from workflows.expressions.fuel import Fuel
from workflows.expressions.template import resolve_params
from workflows.flow import end_step, place_of
from workflows.frames import CallFrame, Redo, RestoreFrame
from workflows.gaining import (
    SHARES,
    find_robot,
    missing_share,
    note_share,
    take_share,
    too_many_sessions,
)
from workflows.leaving import fail
from workflows.plan import CallStep, NodeCall
from workflows.protocol import CallNode, CallOff, OpenSession, StartTimer, StepStarted, StepWaits
from workflows.restoring import (
    beyond_restoring,
    enter_again,
    held_thing,
    lose,
    note_failure,
    note_page,
    rebuild,
)
from workflows.state import Held
from workflows.turn import Turn
from workflows.verifying import begin_looking, take_found, take_not_found

SUBJECT_LENGTH = 120

PATIENCE = 15.0
"""Seconds after which a step that any robot could take, and none has taken, is looked after."""

LONG_PATIENCE = 300.0
"""The same where there is a robot that could take it, which has much to do."""


def call_node(turn: Turn, step: CallStep) -> None:
    """Begin the first attempt of a step, or the first since it was parked."""
    fuel = Fuel()
    try:
        params, secrets = resolve_params(step.node.params, turn.names, fuel)
    finally:
        turn.fuel -= fuel.spent
    block = turn.at()
    tried = block.tried if block is not None else 0
    turn.push(
        CallFrame("retry", 0, params, secrets, attempt=tried + 1, due=turn.now + turn.slow, why="a moment to look")
    )
    wait_for_attempt(turn)


def take_done(turn: Turn, frame: CallFrame, done: NodeDone) -> None:
    """An attempt succeeded."""
    step = call_of(turn)
    if step.node.session:
        note_page(turn, step, Redo(step, place_of(turn), frame.params, frame.secrets), done.page)
    if done.files:
        turn.files = {path: entry for path, entry in {**turn.files, **done.files}.items() if entry is not None}
    if frame.doubt is not None:
        _verdict(turn, take_found(turn, frame, done.output))
        return
    turn.pop()
    end_step(turn, done.output)


def take_failed(turn: Turn, frame: CallFrame, outcome: Outcome) -> None:
    """An attempt did not succeed: try again, look whether it took effect, or give up."""
    step = call_of(turn)
    if not step.node.session and isinstance(outcome, Vanished) and not outcome.taken:
        find_robot(turn, step, frame, place_of(turn))
        return
    outcome = replace(outcome, error=outcome.error.model_copy(update={"step": turn.step().id}))
    if frame.waits_for == "session":
        outcome = not_begun(outcome)
    if step.node.session:
        note_failure(turn, step, place_of(turn), outcome)
    ended = frame.ended.counting(outcome)
    why = f"{outcome.error.type}: {outcome.error.message}"
    turn.swap(replace(frame, attempt=frame.attempt + 1, ended=ended, why=why))
    if frame.doubt is not None:
        _verdict(turn, take_not_found(turn, frame, ended, outcome))
        return
    verifiable = step.node.verify is not None
    _verdict(turn, after(step.node.effect, outcome, ended, step.node.retry, turn.chance(), verifiable=verifiable))


def take_session(turn: Turn, frame: CallFrame, grant: SessionGrant) -> None:
    """The session a step waited for is open; what its page held before is entered first."""
    step = call_of(turn)
    if grant.capability == SHARES:
        _take_share(turn, grant)
        return
    key = turn.area.key(step.node.capability)
    held = turn.sessions.get(key, Held(None, step.node.capability))
    turn.sessions = {**turn.sessions, key: replace(held, grant=grant)}
    if held.since and not step.node.checkpoint:
        turn.push(RestoreFrame(0, held.since))
        enter_again(turn, grant, held.since)
    elif turn.waits:
        turn.swap(replace(frame, waits_for="retry", number=0, due=turn.now))
    else:
        _call(turn, step, frame)


def take_robot(turn: Turn, frame: CallFrame) -> None:
    """There is a robot for a step that nobody had taken: it is done there, once that robot comes to it."""
    turn.swap(replace(frame, routed=True, delayed=False, unroutable=False))
    attempt(turn)


def take_redone(turn: Turn, frame: RestoreFrame) -> None:
    """One step of a restored page is done again."""
    remaining = frame.remaining[1:]
    grant = turn.sessions[turn.area.key(remaining[0].step.node.capability)].grant if remaining else None
    if remaining and grant is not None:
        enter_again(turn, grant, remaining)
    else:
        turn.pop()
        attempt(turn)


def take_not_redone(turn: Turn, frame: RestoreFrame, outcome: Outcome) -> None:
    """A page could not be restored: the session is given up, and the step's attempt with it."""
    turn.pop()
    capability = call_of(turn).node.capability
    lose(turn, turn.area.key(capability))
    if isinstance(outcome, Vanished):
        take_failed(turn, frame_of(turn), not_begun(outcome))
        return
    place = frame.remaining[0].place
    thing = held_thing(capability)
    message = f"the {thing} could not be rebuilt in a new session: {place!r} failed with {outcome.error.message}"
    take_failed(turn, frame_of(turn), Raised(ErrorValue(type="SessionLostError", kind="robot", message=message)))


def attempt(turn: Turn) -> None:
    """Make the attempt whose time has come, in a session if it needs one; while the run begins nothing, put it off."""
    frame = frame_of(turn)
    step = call_of(turn)
    key = turn.area.key(step.node.capability)
    held = turn.sessions.get(key)
    share = missing_share(turn)
    if turn.waits:
        turn.swap(replace(frame, waits_for="retry", number=0, due=turn.now))
    elif share is not None:
        take_share(turn, step, frame, share, place_of(turn))
    elif not step.node.session or (held is not None and held.grant is not None):
        _call(turn, step, frame)
    elif held is not None and held.unsure is not None and not step.node.checkpoint:
        if turn.plan.restore is None:
            _give_up(turn, beyond_restoring(turn.step().id, held.capability, held.unsure))
        else:
            rebuild(turn, frame, key, turn.plan.restore)
    elif (error := too_many_sessions(turn, step)) is not None:
        _give_up(turn, error)
    else:
        _open(turn, step, frame, held.checkpoint if held else None)


def wait_for_attempt(turn: Turn) -> None:
    """Start the timer of an attempt whose time is known, or make it."""
    frame = frame_of(turn)
    if frame.due <= turn.now:
        attempt(turn)
        return
    number = turn.number()
    seconds = frame.due - turn.now
    step = turn.step()
    turn.commands.append(StartTimer(number, seconds, f"{step.id}: {frame.why}"[:300]))
    turn.commands.append(StepWaits(step.number, frame.why))
    turn.swap(replace(frame, waits_for="retry", number=number))


def subject_of(step: CallStep, params: dict[str, JsonValue]) -> str | None:
    """What a step acts on, for people."""
    value = params.get(step.node.label) if step.node.label else None
    if isinstance(value, dict):
        value = " ".join(str(part) for part in value.values() if isinstance(part, str | int))
    if not isinstance(value, str) or not value:
        return None
    return value if len(value) <= SUBJECT_LENGTH else value[: SUBJECT_LENGTH - 1] + "…"


def call_of(turn: Turn) -> CallStep:
    """The call under way: the step's own, or the one that looks whether it took effect."""
    step = turn.step()
    assert isinstance(step, CallStep)  # noqa: S101 - call frames lie on node steps only
    top = turn.top
    if not isinstance(top, CallFrame) or top.doubt is None:
        return step
    return step.model_copy(update={"node": _looking(step.node)})


def frame_of(turn: Turn) -> CallFrame:
    """The call that waits."""
    assert isinstance(turn.top, CallFrame)  # noqa: S101 - asked for while a call is under way
    return turn.top


def _looking(node: NodeCall) -> NodeCall:
    assert node.verify is not None  # noqa: S101 - only what can be verified is looked for
    return node.verify.node


def _verdict(turn: Turn, verdict: Retry | Fail | Look | None) -> None:
    """Do what was decided about an attempt; nothing where all is done."""
    match verdict:
        case Retry(delay):
            _retry(turn, delay)
        case Fail(error):
            _give_up(turn, error)
        case Look(error):
            failure = begin_looking(turn, error)
            if failure is None:
                wait_for_attempt(turn)
            else:
                _give_up(turn, failure.error)
        case None:
            pass
        case _:
            assert_never(verdict)


def _give_up(turn: Turn, error: ErrorValue) -> None:
    tried = 0
    while isinstance(turn.top, CallFrame):
        tried = turn.top.attempt - 1
        turn.pop()
    fail(turn, error, tried)


def _take_share(turn: Turn, grant: SessionGrant) -> None:
    current = turn.fiber
    others = note_share(turn, grant)
    attempt(turn)
    for fiber in others:
        turn.switch(fiber)
        turn.commands.append(CallOff(frame_of(turn).number))
        attempt(turn)
    turn.switch(current)


def _open(turn: Turn, step: CallStep, frame: CallFrame, restore: Checkpoint | None) -> None:
    number = turn.number()
    capability = step.node.capability
    why = f"a robot with {capability!r}"
    turn.commands.append(OpenSession(number, capability, place_of(turn), restore, turn.area.needs))
    turn.commands.append(StepWaits(step.number, why))
    turn.swap(replace(frame, waits_for="session", number=number, why=why, delayed=False, unroutable=False))


def _call(turn: Turn, step: CallStep, frame: CallFrame) -> None:
    number = turn.number()
    turn.swap(replace(frame, waits_for="node", number=number))
    turn.commands.append(
        StepStarted(step.number, turn.now, attempt=frame.attempt, subject=subject_of(step, frame.params))
    )
    place = place_of(turn)
    turn.commands.append(
        CallNode(
            number=number,
            step=step,
            place=f"{place}.verify" if frame.doubt is not None else place,
            attempt=frame.attempt,
            params=frame.params,
            secrets=frame.secrets,
            session=turn.sessions[turn.area.key(step.node.capability)].grant if step.node.session else None,
            files=turn.files if step.node.workspace else None,
            patience=None if step.node.session else LONG_PATIENCE if frame.routed else PATIENCE,
        )
    )


def _retry(turn: Turn, delay: float) -> None:
    frame = frame_of(turn)
    why = f"attempt {frame.attempt} in {delay:.0f} s, after {frame.why}"
    turn.swap(replace(frame, waits_for="retry", number=0, due=turn.now + delay, why=why))
    wait_for_attempt(turn)
