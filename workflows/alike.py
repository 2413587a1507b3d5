"""Whether a step is written the same in two plans, and if not, where it differs."""

from __future__ import annotations

from typing import Any

from pydantic import JsonValue

from workflows.plan import (
    AnyPlanStep,
    ApprovePlan,
    BlockNumber,
    CallStep,
    ChildPlan,
    ForEachPlan,
    IfPlan,
    InlinePlan,
    ParallelPlan,
    Plan,
    ReceivePlan,
    SessionPlan,
    SwitchPlan,
    TryPlan,
    WhilePlan,
)

_LONGEST = 60
_MISSING: Any = object()


def difference(old: Plan, step: AnyPlanStep, new: Plan, new_step: AnyPlanStep, *, head: bool = False) -> str | None:
    """Where two steps differ, in words; None when they are the same.

    With `head`, only what a step that is under way has used so far counts. What would make it undone does not count:
    that has not been done.
    """
    if step.kind != new_step.kind:
        return f"it is '{new_step.kind}' instead of '{step.kind}'"
    if _keeps(new_step) and not _keeps(step):
        return "the results of its rounds are used, which were not kept because nothing used them before"
    if head:
        return _compare(_head(step), _head(new_step), "")
    return _compare(_content(old, step), _content(new, new_step), "")


def _keeps(step: AnyPlanStep) -> bool:
    return isinstance(step, ForEachPlan | WhilePlan) and step.keep_results


def _head(step: AnyPlanStep) -> dict[str, Any]:  # noqa: PLR0911 - one answer for each kind of step
    match step:
        case IfPlan():
            return {"if": [arm.condition for arm in step.arms]}
        case SwitchPlan():
            return {"switch": step.value, "cases": [list(case.values) for case in step.cases]}
        case ForEachPlan():
            return {"for_each": step.items, "as": step.variable, "index": step.index, "do": step.single}
        case ParallelPlan():
            return {"parallel": [branch.name for branch in step.branches]}
        case SessionPlan():
            return {"needs": list(step.needs), "limits": dict(step.limits)}
        case InlinePlan():
            return {"call": step.document, "with": step.given}
        case _:
            return {}


def _content(plan: Plan, step: AnyPlanStep) -> dict[str, Any]:
    """What a step does as one value; how long it may take and how often it is tried does not count."""
    left_out = {"number", "kind", "named", "undo", "keep_results", "limit_seconds", "parallel", "on_error", "limit"}
    left_out |= set() if step.named else {"id"}
    content = step.model_dump(mode="json", exclude=left_out | _BLOCK_FIELDS)
    if isinstance(step, CallStep):
        node = content.pop("node")
        content |= {"do": node["type"], "with": node["params"], "effect": node["effect"]}
    if isinstance(step, ChildPlan):
        content["call"] = plan.children[content.pop("child")].name
    for name, block in _blocks(step):
        content[name] = [_content(plan, inner) for inner in plan.blocks[block]]
    return content


_BLOCK_FIELDS = {"block", "branches", "arms", "otherwise", "cases", "body", "catches", "final", "expired"}
"""Fields that hold numbers of blocks, or parts with such numbers."""


def _blocks(step: AnyPlanStep) -> list[tuple[str, BlockNumber]]:
    """The blocks of a step, each with a name that says when it is done."""
    found: list[tuple[str, BlockNumber | None]] = []
    match step:
        case IfPlan():
            found = [(f"if {arm.condition}", arm.block) for arm in step.arms] + [("else", step.otherwise)]
        case SwitchPlan():
            found = [(f"case {list(case.values)}", case.block) for case in step.cases] + [("default", step.otherwise)]
        case ForEachPlan() | WhilePlan() | SessionPlan() | InlinePlan():
            found = [("steps", step.block)]
        case ParallelPlan():
            found = [(branch.name, branch.block) for branch in step.branches]
        case TryPlan():
            found = [("try", step.body), ("finally", step.final)]
            found += [(f"catch {', '.join(clause.on)} as {clause.variable}", clause.block) for clause in step.catches]
        case ApprovePlan() | ReceivePlan():
            found = [("on_expiry", step.expired)]
        case _:
            pass
    return [(name, block) for name, block in found if block is not None]


def _compare(old: Any, new: Any, path: str) -> str | None:  # noqa: ANN401 - JSON of any shape
    if isinstance(old, dict) and isinstance(new, dict):
        pairs = [(f"{path}.{key}" if path else str(key), key) for key in dict.fromkeys((*old, *new))]
        found = (_compare(old.get(key, _MISSING), new.get(key, _MISSING), where) for where, key in pairs)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        both = enumerate(zip(old, new, strict=True))
        found = (_compare(one, other, f"{path}[{index}]") for index, (one, other) in both)
    elif old == new and type(old) is type(new):
        return None
    else:
        return f"its {path!r} was {_words(old)} and is {_words(new)}"
    return next((each for each in found if each is not None), None)


def _words(value: JsonValue) -> str:
    if value is _MISSING:
        return "absent"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
