"""How a step in doubt is looked after: a call that only looks tells whether it took effect."""

from __future__ import annotations

from pydantic import JsonValue

from workflows.call import ErrorValue
from workflows.effects import (
    Attempts,
    Fail,
    Outcome,
    Retry,
    after,
    after_absence,
    shows_absence,
    unknown_outcome,
)
from workflows.errors import AetherError, ConfigurationError
from workflows.expressions.fuel import Fuel
from workflows.expressions.template import resolve_params
from workflows.flow import end_step, error_value
from workflows.frames import CallFrame, Scope
from workflows.plan import CallStep, VerifyPlan
from workflows.spec import Effect
from workflows.turn import Turn


def begin_looking(turn: Turn, error: ErrorValue) -> Fail | None:
    """Look whether the step under way took effect, after the time its effect may need to show."""
    verify = _verify(turn)
    fuel = Fuel()
    try:
        params, secrets = resolve_params(verify.node.params, turn.names, fuel)
    except AetherError as problem:
        return Fail(_still_unknown(error, error_value(problem, turn.step().id)))
    finally:
        turn.fuel -= fuel.spent
    due = turn.now + verify.settle if verify.proves else turn.now
    why = f"a look whether it took effect, after {error.type}: {error.message}"
    turn.push(CallFrame("retry", 0, params, secrets, due=due, why=why, doubt=error))
    return None


def take_found(turn: Turn, frame: CallFrame, output: JsonValue) -> Retry | Fail | None:
    """The look succeeded; what it gave tells whether the step took effect."""
    verify = _verify(turn)
    try:
        done = verify.holds is None or _holds(turn, verify, output)
    except AetherError as problem:
        return Fail(_still_unknown(frame.doubt, error_value(problem, turn.step().id)))
    if not done:
        return _absent(turn, frame)
    turn.pop()
    turn.pop()
    end_step(turn, {"verified": output})
    return None


def take_not_found(turn: Turn, frame: CallFrame, ended: Attempts, outcome: Outcome) -> Retry | Fail:
    """The look did not succeed: there is no effect, or nobody can tell yet."""
    if shows_absence(outcome):
        return _absent(turn, frame)
    verdict = after(Effect.READ, outcome, ended, _verify(turn).node.retry, turn.chance())
    if isinstance(verdict, Retry):
        return verdict
    return Fail(_still_unknown(frame.doubt, outcome.error))


def _absent(turn: Turn, frame: CallFrame) -> Retry | Fail:
    """No effect was found: the step is done anew where that proves that there is none."""
    error = frame.doubt
    assert error is not None  # noqa: S101 - it is a look
    step = turn.step()
    assert isinstance(step, CallStep)  # noqa: S101 - looks lie on node steps only
    if not _verify(turn).proves:
        absence = ErrorValue(type="EffectNotFoundError", kind="robot", message="its effect was not found", acted=None)
        return Fail(_still_unknown(frame.doubt, absence))
    turn.pop()
    below = turn.top
    assert isinstance(below, CallFrame)  # noqa: S101 - the call that is in doubt
    return after_absence(error.model_copy(update={"acted": False}), below.ended, step.node.retry, turn.chance())


def _still_unknown(doubt: ErrorValue | None, why: ErrorValue) -> ErrorValue:
    assert doubt is not None  # noqa: S101 - asked of looks only
    error = unknown_outcome(doubt)
    message = f"{error.message} (the look whether it took effect: {why.message})"
    return error.model_copy(update={"message": message})


def _holds(turn: Turn, verify: VerifyPlan, output: JsonValue) -> bool:
    outer = turn.scope
    turn.scope = Scope({"result": output}, outer)
    try:
        answer = turn.evaluate(verify.holds)
    finally:
        turn.scope = outer
    if not isinstance(answer, bool):
        raise ConfigurationError(f"'holds' gives {answer!r:.80}, but it must be true or false")
    return answer


def _verify(turn: Turn) -> VerifyPlan:
    step = turn.step()
    assert isinstance(step, CallStep)  # noqa: S101 - only node steps are verified
    assert step.node.verify is not None  # noqa: S101 - asked for only where there is one
    return step.node.verify
