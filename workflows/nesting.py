"""The lists of steps inside a step."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.document import ForEachStep, IfStep, Step, Steps, SwitchStep, TryStep, WhileStep


def blocks_of(step: Step) -> Iterator[tuple[tuple[str | int, ...], Steps]]:
    """The lists of steps inside a step, each with the path of fields that leads to it."""
    match step:
        case ForEachStep(do=tuple() as body) | WhileStep(do=body):
            yield ("do",), body
        case IfStep():
            yield ("then",), step.then
            for number, arm in enumerate(step.elif_):
                yield ("elif", number, "then"), arm.then
            if step.else_ is not None:
                yield ("else",), step.else_
        case SwitchStep():
            for number, case in enumerate(step.cases):
                yield ("cases", number, "do"), case.do
            if step.default is not None:
                yield ("default",), step.default
        case TryStep():
            yield ("try",), step.try_
            for number, clause in enumerate(step.catch):
                yield ("catch", number, "do"), clause.do
            if step.finally_ is not None:
                yield ("finally",), step.finally_
        case _:
            return
