"""How a run waits for people and events."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import JsonValue

from workflows.deadlines import SHORTEST
from workflows.duration import parse_duration
from workflows.errors import (
    AetherError,
    AnswerRefusedError,
    ApprovalExpiredError,
    ConfigurationError,
    EventExpiredError,
)
from workflows.events import Decided, EventCame
from workflows.flow import end_step, error_value, place_of
from workflows.frames import AskFrame, BlockFrame, ExpiryFrame, ReceiveFrame
from workflows.inputs import check_inputs
from workflows.leaving import fail
from workflows.part import Input
from workflows.plan import ApprovePlan, BlockNumber, ReceivePlan
from workflows.protocol import CallOff, StartTimer, StepAsks, StepWaits
from workflows.state import Mail
from workflows.turn import Turn

MOST_MAIL = 1000
"""Events kept for steps that may wait for them later; the oldest go first."""


def ask(turn: Turn, step: ApprovePlan) -> None:
    """Let a person decide."""
    question = str(turn.evaluate(step.question))
    seconds = length_of(turn, step.expires, "expires")
    number = turn.number()
    timer, due = _expiry(turn, step.id, seconds)
    turn.push(AskFrame(number, question, timer, due))
    turn.commands.append(StepAsks(step.number, number, place_of(turn), question))
    turn.commands.append(StepWaits(step.number, f"a person: {question}"))


def take_decision(turn: Turn, step: ApprovePlan, frame: AskFrame, decided: Decided) -> None:
    """A person has answered."""
    turn.pop()
    _call_off(turn, frame.timer)
    defaults = {name: declared.default for name, declared in step.form.items() if not declared.required}
    end_step(
        turn,
        {
            "approved": decided.approved,
            "expired": False,
            "by": decided.by,
            "at": moment(turn.now),
            "note": decided.note,
            "form": {**defaults, **decided.form},
        },
    )


def check_decision(step: ApprovePlan, decided: Decided, *, starter: str) -> None:
    """Refuse an answer that does not fit.

    Raises:
        AnswerRefusedError: this person may not answer, or the form is not filled in right.
    """
    if step.by and decided.by not in step.by:
        raise AnswerRefusedError(f"{decided.by!r} may not answer this; it is for {', '.join(step.by)}")
    if not step.by and starter and decided.by == starter:
        raise AnswerRefusedError(f"{decided.by!r} has started the run and cannot approve it; ask somebody else")
    try:
        check_inputs(step.form if decided.approved else _filled(step, decided), decided.form)
    except AetherError as error:
        raise AnswerRefusedError(f"the form does not fit: {error.message}") from None


def receive(turn: Turn, step: ReceivePlan) -> None:
    """Wait for an event, unless it is there already."""
    key = None if step.key is None else str(turn.evaluate(step.key))
    seconds = length_of(turn, step.expires, "expires")
    early = next((mail for mail in turn.mail if _fits(step.event, key, mail.event, mail.key)), None)
    if early is not None:
        turn.mail = tuple(mail for mail in turn.mail if mail is not early)
        end_step(turn, _received(early.event, early.key, early.data, early.at))
        return
    number = turn.number()
    timer, due = _expiry(turn, step.id, seconds)
    turn.push(ReceiveFrame(number, key, timer, due))
    named = f" for {key!r}" if key is not None else ""
    turn.commands.append(StepWaits(step.number, f"the event {step.event!r}{named}"))


def take_event(turn: Turn, event: EventCame) -> None:
    """Something happened: the step that waited longest for it goes on, or it is kept."""
    for fiber in sorted(turn.fibers, key=lambda number: _waiting_since(turn, number)):
        turn.switch(fiber)
        match turn.top:
            case ReceiveFrame(key=key, timer=timer) if turn.interrupt is None:
                step = turn.step()
                assert isinstance(step, ReceivePlan)  # noqa: S101 - receive frames lie on these steps only
                if _fits(step.event, key, event.event, event.key):
                    turn.pop()
                    _call_off(turn, timer)
                    end_step(turn, _received(event.event, event.key, event.data, turn.now))
                    return
            case _:
                pass
    turn.mail = (*turn.mail, Mail(event.event, event.key, event.data, turn.now))[-MOST_MAIL:]


def take_expiry(turn: Turn) -> None:
    """Nobody answered in time, or nothing came."""
    step = turn.step()
    turn.pop()
    if isinstance(step, ApprovePlan):
        output: dict[str, JsonValue] = {
            "approved": False, "expired": True, "by": None, "at": moment(turn.now), "note": "", "form": {},
        }  # fmt: skip
        problem: AetherError = ApprovalExpiredError(f"nobody answered {step.id!r} in time")
        _expire(turn, step.expired, output, problem)
    else:
        assert isinstance(step, ReceivePlan)  # noqa: S101 - only these two expire
        output = {"event": step.event, "key": None, "data": None, "at": moment(turn.now), "expired": True}
        _expire(turn, step.expired, output, EventExpiredError(f"the event {step.event!r} did not come in time"))


def length_of(turn: Turn, value: JsonValue, field: str) -> float | None:
    """Seconds of a duration that may be an expression; None where there is none.

    Raises:
        ConfigurationError: it is no duration.
    """
    if value is None:
        return None
    length = turn.evaluate(value)
    if isinstance(length, int | float) and not isinstance(length, bool):
        return float(length)
    try:
        return parse_duration(length if isinstance(length, str) else "").total_seconds()
    except ValueError:
        raise ConfigurationError(
            f"{field!r} needs a duration such as '30s' or a number of seconds, not {length!r:.80}"
        ) from None


def moment(seconds: float) -> str:
    """A moment as documents see it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _expire(turn: Turn, block: BlockNumber | None, output: dict[str, JsonValue], problem: AetherError) -> None:
    if block is None:
        fail(turn, error_value(problem, turn.step().id))
        return
    turn.push(ExpiryFrame(block, output))
    turn.push(BlockFrame(block))


def _expiry(turn: Turn, step: str, seconds: float | None) -> tuple[int, float | None]:
    if seconds is None:
        return 0, None
    timer = turn.number()
    turn.commands.append(StartTimer(timer, max(seconds, SHORTEST), f"{step}: expires"))
    return timer, turn.now + seconds


def _received(event: str, key: str | None, data: JsonValue, at: float) -> dict[str, JsonValue]:
    return {"event": event, "key": key, "data": data, "at": moment(at), "expired": False}


def _fits(wanted: str, key: str | None, event: str, came: str | None) -> bool:
    return wanted == event and (key is None or key == came)


def _waiting_since(turn: Turn, fiber: int) -> int:
    stack = turn.stack if fiber == turn.fiber else turn.fibers[fiber].stack
    return stack.top.number if stack is not None and isinstance(stack.top, ReceiveFrame) else 0


def _filled(step: ApprovePlan, decided: Decided) -> dict[str, Input]:
    """The fields that were filled in: somebody who refuses need not fill in any."""
    return {name: declared for name, declared in step.form.items() if name in decided.form}


def _call_off(turn: Turn, timer: int) -> None:
    if timer:
        turn.commands.append(CallOff(timer))
