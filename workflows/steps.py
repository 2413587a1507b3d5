"""How each kind of step begins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never

from pydantic import JsonValue

from workflows.asking import ask, length_of, receive
from workflows.call import ErrorValue
from workflows.calling import call_node
from workflows.children import call_child
from workflows.deadlines import begin_deadline
from workflows.errors import AssertionFailedError, ConfigurationError
from workflows.flow import end_step
from workflows.frames import (
    Area,
    BlockFrame,
    Broke,
    Continued,
    Failed,
    ForkFrame,
    GroupFrame,
    InlineFrame,
    LoopFrame,
    Returned,
    Scope,
    SessionFrame,
    TryFrame,
    WaitFrame,
)
from workflows.gaining import SHARES
from workflows.inputs import check_inputs
from workflows.leaving import Leave
from workflows.plan import (
    AnyPlanStep,
    ApprovePlan,
    AssertPlan,
    BlockNumber,
    CallStep,
    ChildPlan,
    ForEachPlan,
    IfPlan,
    InlinePlan,
    JumpPlan,
    ParallelPlan,
    ReceivePlan,
    ReturnPlan,
    SessionPlan,
    SetPlan,
    SwitchPlan,
    ThrowPlan,
    TryPlan,
    WaitPlan,
    WhilePlan,
)
from workflows.protocol import StartTimer, StepStarted, StepWaits
from workflows.turn import Turn

LONGEST_WAIT = 10 * 366 * 86_400
"""Seconds a `wait` step may sleep: ten years."""


def begin(turn: Turn, step: AnyPlanStep, run: str) -> None:  # noqa: C901, PLR0912 - one line for each kind of step
    """Begin a step; a step that asks the world leaves a frame that waits for the answer."""
    turn.charge_step()
    turn.commands.append(StepStarted(step.number, turn.now))
    match step:
        case CallStep():
            call_node(turn, step)
        case IfPlan():
            _enter(turn, step, next((arm.block for arm in step.arms if turn.holds(arm.condition)), step.otherwise))
        case SwitchPlan():
            _enter(turn, step, _case(turn, step))
        case ForEachPlan():
            _loop(turn, step)
        case WhilePlan():
            begin_deadline(turn, step.limit_seconds)
            turn.push(LoopFrame(None, turn.scope))
        case ParallelPlan():
            begin_deadline(turn, step.limit_seconds)
            turn.push(ForkFrame(len(step.branches)))
        case TryPlan():
            begin_deadline(turn, step.limit_seconds)
            turn.push(TryFrame("try", step.body))
            turn.push(BlockFrame(step.body))
        case SessionPlan():
            _session(turn, step)
        case InlinePlan():
            _inline(turn, step)
        case ChildPlan():
            begin_deadline(turn, step.limit_seconds)
            call_child(turn, step, run)
        case ApprovePlan():
            ask(turn, step)
        case ReceivePlan():
            receive(turn, step)
        case SetPlan():
            _set(turn, step)
        case AssertPlan():
            _assert(turn, step)
        case ThrowPlan():
            _throw(turn, step)
        case JumpPlan():
            _jump(turn, step)
        case ReturnPlan():
            _return(turn, step)
        case WaitPlan():
            _wait(turn, step)
        case _:
            assert_never(step)


def _loop(turn: Turn, step: ForEachPlan) -> None:
    items = _items(turn, step)
    begin_deadline(turn, step.limit_seconds)
    if step.parallel is None:
        turn.push(LoopFrame(items, turn.scope))
    else:
        turn.push(ForkFrame(len(items), items))


def _session(turn: Turn, step: SessionPlan) -> None:
    begin_deadline(turn, step.limit_seconds)
    turn.push(SessionFrame(step.block, turn.area))
    turn.push(BlockFrame(step.block))
    number = turn.number()
    own = {Area(number).key(SHARES): step.limits} if step.limits else {}
    turn.area = Area(number, step.needs, {**turn.area.shares, **own})


def _inline(turn: Turn, step: InlinePlan) -> None:
    given = {name: turn.evaluate(value) for name, value in step.given.items()}
    check_inputs(step.inputs, given)
    defaults = {name: declared.default for name, declared in step.inputs.items() if not declared.required}
    begin_deadline(turn, step.limit_seconds)
    turn.push(InlineFrame(step.block, turn.scope, turn.variables))
    turn.push(BlockFrame(step.block))
    turn.scope = Scope({"inputs": {**defaults, **given}})
    turn.variables = {}


def _enter(turn: Turn, step: IfPlan | SwitchPlan, block: BlockNumber | None) -> None:
    if block is None:
        end_step(turn, {})
    else:
        begin_deadline(turn, step.limit_seconds)
        turn.push(GroupFrame(block))
        turn.push(BlockFrame(block))


def _case(turn: Turn, step: SwitchPlan) -> BlockNumber | None:
    value = turn.evaluate(step.value)
    for case in step.cases:
        if any(_same(value, turn.evaluate(candidate)) for candidate in case.values):
            return case.block
    return step.otherwise


def _same(value: JsonValue, candidate: JsonValue) -> bool:
    """JSON equality: `true` is not 1."""
    return value == candidate and isinstance(value, bool) == isinstance(candidate, bool)


def _items(turn: Turn, step: ForEachPlan) -> list[JsonValue]:
    items = turn.evaluate(step.items)
    if isinstance(items, list):
        return items
    if isinstance(items, dict):
        return [{"key": key, "value": value} for key, value in items.items()]
    raise ConfigurationError(
        f"'for_each' needs a list or a mapping, but {step.items!r} gives {items!r:.80}; "
        "a text or number cannot be gone through"
    )


def _set(turn: Turn, step: SetPlan) -> None:
    values = {name: turn.evaluate(value) for name, value in step.values.items()}
    turn.variables = {**turn.variables, **values}
    end_step(turn, values)


def _assert(turn: Turn, step: AssertPlan) -> None:
    if not turn.holds(step.condition):
        said = "" if step.message is None else str(turn.evaluate(step.message))
        raise AssertionFailedError(said or f"the condition {step.condition!r} does not hold")
    end_step(turn, {})


def _throw(turn: Turn, step: ThrowPlan) -> None:
    raise Leave(
        Failed(
            ErrorValue(
                type=step.type,
                kind=step.error_kind,
                message=str(turn.evaluate(step.message)),
                step=step.id,
                details=turn.evaluate(step.details),
            )
        )
    )


def _jump(turn: Turn, step: JumpPlan) -> None:
    if not turn.holds(step.condition):
        end_step(turn, {})
        return
    raise Leave(Broke() if step.to == "break" else Continued())


def _return(turn: Turn, step: ReturnPlan) -> None:
    if step.values is None:
        raise Leave(Returned(None))
    raise Leave(Returned({name: turn.evaluate(value) for name, value in step.values.items()}))


def _wait(turn: Turn, step: WaitPlan) -> None:
    seconds = _seconds(turn, step)
    if seconds > LONGEST_WAIT:
        raise ConfigurationError(f"a step may wait ten years at most, but this would be {seconds:.0f} seconds")
    if seconds <= 0:
        end_step(turn, {})
        return
    number = turn.number()
    due = datetime.fromtimestamp(turn.now + seconds, UTC).isoformat(timespec="seconds")
    turn.commands.append(StartTimer(number, seconds, f"{step.id}: wait until {due}"))
    turn.commands.append(StepWaits(step.number, f"until {due}"))
    turn.push(WaitFrame(number, turn.now + seconds))


def _seconds(turn: Turn, step: WaitPlan) -> float:
    if step.until is not None:
        return _moment(turn.evaluate(step.until)) - turn.now
    return length_of(turn, step.duration, "wait") or 0.0


def _moment(text: JsonValue) -> float:
    try:
        moment = datetime.fromisoformat(text if isinstance(text, str) else "")
    except ValueError:
        raise ConfigurationError(
            f"'until' needs a moment such as '2027-01-31T08:00:00+01:00', not {text!r:.80}"
        ) from None
    if moment.tzinfo is None:
        raise ConfigurationError(f"'until' needs a time zone, e.g. {text}+01:00 or {text}Z")
    return moment.timestamp()
