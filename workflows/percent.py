"""How much of a run is done, as one number for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from workflows.outline import inner_blocks
from workflows.plan import (
    AnyPlanStep,
    ApprovePlan,
    BlockNumber,
    CallStep,
    ChildPlan,
    ForEachPlan,
    IfPlan,
    ParallelPlan,
    Plan,
    ReceivePlan,
    SwitchPlan,
    WaitPlan,
    WhilePlan,
)
from workflows.progress import StepProgress

PURE = 0.02
"""What a step weighs that asks nobody, beside one that does."""

ROUNDS = 10
"""How many rounds a loop is taken for when its weight among other steps is told: nobody knows before it begins."""

MOST = 99
"""Percent of a run that has not completed."""

_ENDED = frozenset({"done", "skipped", "failed", "caught", "cancelled"})


class Percent:
    """How much of a run is done; it never falls.

    It is measured whenever the run has moved, so what is over is counted once and not looked at again.
    """

    def __init__(self, plan: Plan, reached: int = 0) -> None:
        self.reached = reached
        self._plan = plan
        self._weights = {step.number: _weight(plan, step) for block in plan.blocks for step in block}
        self._whole = [sum(self._weights[step.number] for step in block) for block in plan.blocks]
        self._over = 0
        """Outermost steps that have ended."""
        self._done = 0.0
        """What they weigh."""

    def measure(self, steps: Mapping[int, StepProgress]) -> None:
        """Take stock: all rounds and steps that have ended count, those under way as far as they have come."""
        outer = self._plan.blocks[0]
        while self._over < len(outer) and steps[outer[self._over].number].status in _ENDED:
            self._done += self._weights[outer[self._over].number]
            self._over += 1
        under_way = _Measure(self._plan, self._weights, self._whole, steps).steps(outer[self._over :], since=0.0)
        share = (self._done + under_way) / self._whole[0]
        self.reached = max(self.reached, min(MOST, int(100 * share)))


class _Measure:
    """One look at the steps under way."""

    def __init__(
        self, plan: Plan, weights: Mapping[int, float], whole: Sequence[float], steps: Mapping[int, StepProgress]
    ) -> None:
        self._plan = plan
        self._weights = weights
        self._whole = whole
        self._steps = steps

    def block(self, block: BlockNumber, *, since: float) -> float:
        """How much of a block is done, from 0 to 1; steps that last began before some time were of an earlier round."""
        return self.steps(self._plan.blocks[block], since=since) / self._whole[block]

    def steps(self, steps: Iterable[AnyPlanStep], *, since: float) -> float:
        """What is done of steps that come one after the other, by weight."""
        done = 0.0
        for step in steps:
            share = self._step(step, since)
            done += share * self._weights[step.number]
            if share < 1:
                break
        return done

    def _step(self, step: AnyPlanStep, since: float) -> float:
        known = self._steps[step.number]
        if known.started is None or known.started < since:
            return 0.0
        if known.status in _ENDED:
            return 1.0
        return self._inside(step, known, known.started)

    def _inside(self, step: AnyPlanStep, known: StepProgress, since: float) -> float:
        match step:
            case ForEachPlan():
                return self._rounds(step, known)
            case WhilePlan():
                ended = known.rounds or 0
                return ended / (ended + ROUNDS)
            case ParallelPlan():
                return _mean([self.block(branch.block, since=since) for branch in step.branches])
            case _:
                return max((self.block(block, since=since) for block in inner_blocks(step)), default=0.0)

    def _rounds(self, step: ForEachPlan, known: StepProgress) -> float:
        if not known.total:
            return 0.0
        ended = float(known.rounds or 0)
        first = self._steps[self._plan.blocks[step.block][0].number]
        if step.parallel is None and first.started is not None and ended < known.total:
            ended += self.block(step.block, since=first.started)
        return ended / known.total


def _mean(shares: Iterable[float]) -> float:
    every = list(shares)
    return sum(every) / len(every)


def _weight(plan: Plan, step: AnyPlanStep) -> float:
    """What a step weighs among its neighbours: by how much in it asks somebody."""
    inner = [sum(_weight(plan, each) for each in plan.blocks[block]) for block in inner_blocks(step)]
    match step:
        case CallStep() | WaitPlan() | ChildPlan() | ApprovePlan() | ReceivePlan():
            return 1.0
        case ForEachPlan() | WhilePlan():
            return PURE + ROUNDS * inner[0]
        case IfPlan() | SwitchPlan():
            return PURE + max(inner)
        case _:
            return PURE + sum(inner)
