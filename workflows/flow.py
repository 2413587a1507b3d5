"""How control moves on: steps end, and loops go round."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import JsonValue

from workflows.call import ErrorValue
from workflows.errors import AetherError, StepBudgetError
from workflows.frames import BlockFrame, DeadlineFrame, LoopFrame, Scope
from workflows.places import place_in
from workflows.plan import BlockNumber, ForEachPlan, WhilePlan
from workflows.protocol import CallOff, RoundStarted, StepEnded
from workflows.state import Undo
from workflows.turn import Turn


def error_value(error: AetherError, step: str | None) -> ErrorValue:
    """An error of the core as documents and people see it."""
    return ErrorValue(
        type=type(error).__name__,
        kind=error.kind.value,
        message=error.message,
        step=step,
        details=error.details or None,
        acted=error.acted,
    )


def end_step(turn: Turn, output: JsonValue, status: Literal["done", "skipped"] = "done") -> None:
    """The step under way is done; its block goes on with the next. A step that is skipped has no output."""
    drop_deadline(turn)
    match turn.top:
        case BlockFrame(block, index):
            step = turn.plan.blocks[block][index]
            if step.named and status == "done":
                turn.scope = turn.scope.having(step.id, output)
            if step.undo is not None and status == "done":
                place = place_of(turn)
                turn.undo = Undo(step.undo, place, turn.scope, turn.variables, turn.area, turn.undo)
            turn.commands.append(StepEnded(step.number, turn.now, status))
            turn.swap(BlockFrame(block, index + 1))
        case other:  # pragma: no cover - frames are pushed on blocks only
            raise AssertionError(other)


def drop_deadline(turn: Turn) -> None:
    """What was to end in time has ended."""
    if isinstance(turn.top, DeadlineFrame):
        if turn.top.timer:
            turn.commands.append(CallOff(turn.top.timer))
        turn.pop()


def outputs_of(turn: Turn, block: BlockNumber) -> dict[str, JsonValue]:
    """The outputs of a block's steps, of those that ran."""
    names = turn.scope.names
    return {step.id: names[step.id] for step in turn.plan.blocks[block] if step.named and step.id in names}


def result_of_round(turn: Turn, step: ForEachPlan | WhilePlan) -> JsonValue:
    """What a round that has ended came to."""
    outputs = outputs_of(turn, step.block)
    single = isinstance(step, ForEachPlan) and step.single
    return next(iter(outputs.values()), None) if single else outputs


def round_names(step: ForEachPlan, items: list[JsonValue], position: int) -> dict[str, JsonValue]:
    """The names a loop gives to one of its rounds."""
    names = {step.variable: items[position]}
    if step.index is not None:
        names[step.index] = position
    return names


def next_round(turn: Turn, loop: LoopFrame) -> None:
    """Begin a loop's next round, or end the loop."""
    step = turn.step()
    if isinstance(step, WhilePlan):
        if not turn.holds(step.condition):
            end_loop(turn, loop)
            return
        if loop.position >= step.limit:
            raise StepBudgetError(
                f"the condition of 'while' still holds after {step.limit} rounds; "
                "raise 'limit' if so many are right, else make sure that the condition changes"
            )
        names: dict[str, JsonValue] = {}
        total = None
    elif isinstance(step, ForEachPlan) and loop.items is not None:
        if loop.position >= len(loop.items):
            end_loop(turn, loop)
            return
        names = round_names(step, loop.items, loop.position)
        total = len(loop.items)
    else:  # pragma: no cover - loop frames lie on loops only
        raise AssertionError(step)
    turn.charge_step()
    turn.commands.append(RoundStarted(step.number, loop.position, total))
    turn.scope = Scope(names, loop.scope)
    turn.push(BlockFrame(step.block))


def end_round(turn: Turn, loop: LoopFrame) -> None:
    """A loop's round has ended."""
    step = turn.step()
    assert isinstance(step, ForEachPlan | WhilePlan)  # noqa: S101 - loop frames lie on loops only
    results = loop.results.append(result_of_round(turn, step)) if step.keep_results else loop.results
    turn.scope = loop.scope
    turn.swap(replace(loop, position=loop.position + 1, results=results))


def end_loop(turn: Turn, loop: LoopFrame) -> None:
    """A loop has no more rounds."""
    turn.pop()
    end_step(turn, {"count": loop.position, "results": list(loop.results)})


def place_of(turn: Turn) -> str:
    """The step under way with the rounds and branches it is in, e.g. `pay_all[7].pay` or `both.left.read`."""
    return place_in(turn.plan, turn.stack, turn.place)
