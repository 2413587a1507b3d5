"""The steps of a plan as they are written: which comes after which, and which is inside of which."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.plan import (
    AnyPlanStep,
    ApprovePlan,
    BlockNumber,
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


def outline(plan: Plan) -> Iterator[tuple[AnyPlanStep, int]]:
    """All steps with how many they are inside, in the order written."""
    yield from _outline(plan, 0, 0)
    if plan.restore is not None:
        yield from _outline(plan, plan.restore, 1)


def _outline(plan: Plan, block: BlockNumber, depth: int) -> Iterator[tuple[AnyPlanStep, int]]:
    for step in plan.blocks[block]:
        yield step, depth
        for inner in inner_blocks(step):
            yield from _outline(plan, inner, depth + 1)


def inner_blocks(step: AnyPlanStep) -> tuple[BlockNumber, ...]:
    """The blocks inside a step, in the order written."""
    blocks: list[BlockNumber | None] = []
    match step:
        case IfPlan():
            blocks = [*(arm.block for arm in step.arms), step.otherwise]
        case SwitchPlan():
            blocks = [*(case.block for case in step.cases), step.otherwise]
        case ForEachPlan() | WhilePlan() | SessionPlan() | InlinePlan():
            blocks = [step.block]
        case ParallelPlan():
            blocks = [branch.block for branch in step.branches]
        case ApprovePlan() | ReceivePlan():
            blocks = [step.expired]
        case TryPlan():
            blocks = [step.body, *(clause.block for clause in step.catches), step.final]
        case _:
            pass
    return tuple(block for block in (*blocks, step.undo) if block is not None)
