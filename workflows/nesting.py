"""The lists of steps inside a step."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.kind import (
    ApproveStep,
    CallDocumentStep,
    ForEachStep,
    IfStep,
    NodeStep,
    ParallelStep,
    ReceiveStep,
    SessionStep,
    Step,
    Steps,
    SwitchStep,
    TryStep,
    WhileStep,
)
from workflows.source import Path


def blocks_of(step: Step) -> Iterator[tuple[Path, Steps]]:
    """The lists of steps inside a step, each with the path of fields that leads to it."""
    yield from parts_of(step)
    if isinstance(step, NodeStep | ForEachStep | CallDocumentStep) and step.undo is not None:
        yield ("undo",), step.undo


def parts_of(step: Step) -> Iterator[tuple[Path, Steps]]:
    """The same without what makes the step undone, which is no part of doing it."""
    match step:
        case ForEachStep(do=tuple() as body) | WhileStep(do=body) | SessionStep(do=body):
            yield ("do",), body
        case ParallelStep():
            for name, branch in step.parallel.items():
                yield ("parallel", name), branch
        case IfStep():
            yield ("then",), step.then
            for number, arm in enumerate(step.elif_):
                yield ("elif", number, "then"), arm.then
            yield from _given("else", step.else_)
        case SwitchStep():
            for number, case in enumerate(step.cases):
                yield ("cases", number, "do"), case.do
            yield from _given("default", step.default)
        case TryStep():
            yield ("try",), step.try_
            for number, clause in enumerate(step.catch):
                yield ("catch", number, "do"), clause.do
            yield from _given("finally", step.finally_)
        case ApproveStep() | ReceiveStep():
            yield from _given("on_expiry", step.on_expiry)
        case _:
            return


def _given(name: str, steps: Steps | None) -> Iterator[tuple[Path, Steps]]:
    if steps is not None:
        yield (name,), steps
