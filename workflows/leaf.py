"""How steps are planned that hold no others."""

from __future__ import annotations

from typing import TypeAlias

from pydantic import JsonValue

from workflows.checks import Checks
from workflows.exits import Exits
from workflows.kind import (
    AssertStep,
    BreakStep,
    ContinueStep,
    ReturnStep,
    SetStep,
    StepModel,
    Thrown,
    ThrowStep,
    Until,
    WaitStep,
)
from workflows.plan import AnyPlanStep, AssertPlan, JumpPlan, ReturnPlan, SetPlan, ThrowPlan, WaitPlan
from workflows.source import Path

Head: TypeAlias = dict[str, JsonValue]
"""The fields that every planned step has."""


def plan_leaf(step: StepModel, path: Path, head: Head, checks: Checks, exits: Exits) -> AnyPlanStep:  # noqa: PLR0911
    """Check and plan a step."""
    match step:
        case SetStep():
            return _set(step, path, head, checks)
        case AssertStep():
            checks.condition(step.assert_, (*path, "assert"))
            checks.value(step.message, (*path, "message"))
            return AssertPlan(**head, condition=step.assert_, message=step.message)
        case ThrowStep():
            return _throw(step, path, head, checks)
        case BreakStep():
            checks.jump("break", step.break_, path, exits)
            return JumpPlan(**head, to="break", condition=step.break_ is None or step.break_)
        case ContinueStep():
            checks.jump("continue", step.continue_, path, exits)
            return JumpPlan(**head, to="continue", condition=step.continue_ is None or step.continue_)
        case ReturnStep():
            checks.jump("return", step.return_, path, exits)
            return ReturnPlan(**head, values=step.return_)
        case WaitStep():
            return _wait(step, path, head, checks)
        case other:
            raise AssertionError(other)  # pragma: no cover - one case for each kind of step


def _set(step: SetStep, path: Path, head: Head, checks: Checks) -> AnyPlanStep:
    checks.set_names(step, path)
    checks.values(step.set, (*path, "set"))
    for name in step.set:
        checks.visible.give(name)
    return SetPlan(**head, values=step.set)


def _throw(step: ThrowStep, path: Path, head: Head, checks: Checks) -> AnyPlanStep:
    thrown = step.throw if isinstance(step.throw, Thrown) else Thrown(message=step.throw)
    where = (*path, "throw") if isinstance(step.throw, str) else (*path, "throw", "message")
    checks.value(thrown.message, where)
    checks.value(thrown.details, (*path, "throw", "details"))
    return ThrowPlan(**head, type=thrown.type, error_kind=thrown.kind, message=thrown.message, details=thrown.details)


def _wait(step: WaitStep, path: Path, head: Head, checks: Checks) -> AnyPlanStep:
    if isinstance(step.wait, Until):
        checks.moment(step.wait.until, (*path, "wait", "until"))
        return WaitPlan(**head, duration=None, until=step.wait.until)
    checks.duration(step.wait, (*path, "wait"))
    return WaitPlan(**head, duration=step.wait, until=None)
