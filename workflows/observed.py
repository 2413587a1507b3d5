"""A run's progress, kept from the machine's reports."""

from __future__ import annotations

from typing import assert_never

from workflows.call import ErrorValue
from workflows.outline import outline
from workflows.percent import Percent
from workflows.plan import AnyPlanStep, CallStep, ChildPlan, InlinePlan, JumpPlan, Plan
from workflows.progress import RunProgress, RunStatus, StepProgress, StepStatus, Waiting
from workflows.protocol import (
    ErrorCaught,
    Report,
    RoundStarted,
    StepAsks,
    StepEnded,
    StepParked,
    StepStarted,
    StepWaits,
)

SHOWN_STEPS = 40
"""Rows of the progress table in Temporal's own UI."""

_MARKS: dict[StepStatus, str] = {
    "pending": "·",
    "running": "▶",
    "waiting": "⏸",
    "parked": "✋",
    "skipped": "⤼",
    "done": "✔",
    "failed": "✘",
    "caught": "↷",
    "cancelled": "⊘",
}


class Observed:
    """What people see of a run while it works; it grows with the document, not with what is done."""

    def __init__(self, plan: Plan, started: float, before: RunProgress | None = None) -> None:
        self.status: RunStatus = "running"
        self.step = before.step if before else None
        self.reason: str | None = None
        self.robot = before.robot if before else None
        self.error: ErrorValue | None = None
        self.waits: tuple[Waiting, ...] = ()
        self._document = plan.name
        self._started = started
        self._steps: dict[int, StepProgress] = {}
        self._shallow: set[int] = set()
        self._by_id: dict[str | None, int] = {}
        self._percent = Percent(plan, before.percent if before else 0)
        self._lay_out(plan, {step.id: step for step in before.steps} if before else {})

    def change_plan(self, plan: Plan) -> None:
        """The run goes on with a corrected document."""
        self._percent = Percent(plan, self._percent.reached)
        self._lay_out(plan, {step.id: step for step in self._steps.values()})

    def _lay_out(self, plan: Plan, known: dict[str, StepProgress]) -> None:
        fresh = [
            StepProgress(number=step.number, id=step.id, kind=kind_of(step), depth=depth)
            for step, depth in outline(plan)
        ]
        self._steps = {
            step.number: known[step.id].model_copy(
                update={"number": step.number, "kind": step.kind, "depth": step.depth}
            )
            if step.id in known
            else step
            for step in fresh
        }
        self._shallow = {number for number, step in self._steps.items() if step.depth <= 1}
        self._by_id = {step.id: step.number for step in self._steps.values()}

    def take(self, report: Report) -> None:
        """Take one report into account."""
        match report:
            case StepStarted(number, at, attempt, subject):
                self._start(number, at, attempt, subject)
            case StepWaits(number, reason):
                self.reason = reason
                self._change(number, status="waiting")
            case StepParked(number, error=error):
                if number is not None:
                    self._change(number, status="parked", error=error)
            case StepAsks(number):
                self._change(number, status="waiting")
            case StepEnded(number, at, status, error):
                self._end(number, at, status, error)
            case ErrorCaught(step):
                if step in self._by_id:
                    self._change(self._by_id[step], status="caught")
            case RoundStarted(number, ended, total):
                self._change(number, rounds=ended, total=total)
            case _:
                assert_never(report)

    def measure(self) -> None:
        """Take stock of how much is done."""
        self._percent.measure(self._steps)

    def progress(self) -> RunProgress:
        """All of it, as a message."""
        return RunProgress(
            document=self._document,
            status=self.status,
            step=self.step,
            reason=self.reason,
            robot=self.robot,
            started=self._started,
            percent=100 if self.status == "completed" else self._percent.reached,
            steps=tuple(self._steps[number] for number in sorted(self._steps)),
            error=self.error,
        )

    def table(self) -> str:
        """The outer steps as a Markdown table, for Temporal's own UI."""
        rows = [_row(self._steps[number]) for number in sorted(self._shallow)[:SHOWN_STEPS]]
        waiting = [_told(waiting) for waiting in self.waits if waiting.kind in ("parked", "person")]
        if not waiting and self.reason:
            waiting = [f"\nWaits for {self.reason}."]
        return "\n".join(["| | step | does | rounds | time |", "|-|-|-|-|-|", *rows, *waiting])

    def _start(self, number: int, at: float, attempt: int, subject: str | None) -> None:
        step = self._steps[number]
        self.reason = None
        if attempt > 0:
            self._change(number, status="running", attempt=attempt, subject=subject)
        else:
            self._change(
                number, status="running", starts=step.starts + 1, attempt=0, started=at, rounds=None, total=None
            )

    def _end(self, number: int, at: float, status: StepStatus, error: ErrorValue | None) -> None:
        step = self._steps[number]
        took = at - step.started if step.started is not None else 0.0
        rounds = step.rounds + 1 if step.rounds is not None and step.total is not None else step.rounds
        self._change(number, status=status, seconds=step.seconds + took, error=error or step.error, rounds=rounds)

    def _change(self, number: int, **changes: object) -> None:
        self._steps[number] = self._steps[number].model_copy(update=changes)


def kind_of(step: AnyPlanStep) -> str:
    """What a step does, in the document's words."""
    match step:
        case CallStep():
            return step.node.type
        case JumpPlan():
            return step.to
        case InlinePlan() | ChildPlan():
            return "call"
        case _:
            return step.kind


def _row(step: StepProgress) -> str:
    rounds = (
        "" if step.rounds is None else f"{step.rounds}/{step.total}" if step.total is not None else f"{step.rounds}"
    )
    time = f"{step.seconds:.1f} s" if step.starts else ""
    indent = "└ " if step.depth else ""
    return f"| {_MARKS[step.status]} | {indent}{step.id} | {step.kind} | {rounds} | {time} |"


def _told(waiting: Waiting) -> str:
    """What a person needs to know who can answer."""
    if waiting.kind == "person":
        return f"\n**{waiting.place}** asks: {waiting.what}\n\nAnswer with `aether approve` or `aether reject`."
    error = waiting.error.type if waiting.error else "an error"
    return (
        f"\n**Parked at {waiting.place}** with {error}: {waiting.what}\n\n"
        "Answer with `aether fix`: retry, skip, set-output, goto or abort, with a corrected document if need be."
    )
