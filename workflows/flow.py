"""How control moves: steps end, blocks end, loops go round, signals look for who answers them."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from pydantic import JsonValue

from workflows.call import ErrorValue
from workflows.errors import AetherError, StepBudgetError
from workflows.plan import BlockNumber, CatchPlan, ForEachPlan, TryPlan, WhilePlan
from workflows.protocol import CloseSession, ErrorCaught, Finish, RoundStarted, StepEnded
from workflows.state import (
    BlockFrame,
    Broke,
    CallFrame,
    Cancelled,
    Continued,
    Failed,
    GroupFrame,
    LoopFrame,
    RestoreFrame,
    Returned,
    Scope,
    Signal,
    TryFrame,
    WaitFrame,
)
from workflows.turn import Turn


class Leave(Exception):  # noqa: N818 - not an error: a step that sends a signal
    """A step sends a signal instead of coming to its end."""

    def __init__(self, signal: Signal) -> None:
        super().__init__()
        self.signal = signal


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


def end_step(turn: Turn, output: JsonValue) -> None:
    """The step under way is done; its block goes on with the next."""
    match turn.stack and turn.stack.top:
        case BlockFrame(block, index):
            step = turn.plan.blocks[block][index]
            if step.named:
                turn.scope = turn.scope.having(step.id, output)
            turn.commands.append(StepEnded(step.number, turn.now, "done"))
            turn.swap(BlockFrame(block, index + 1))
        case other:  # pragma: no cover - frames are pushed on blocks only
            raise AssertionError(other)


def end_block(turn: Turn, block: BlockNumber) -> None:
    """The last step of a block is done; whoever did the block goes on."""
    turn.pop()
    match turn.stack and turn.stack.top:
        case None:
            finish(turn, Returned(None))
        case GroupFrame():
            turn.pop()
            end_step(turn, outputs_of(turn, block))
        case LoopFrame() as loop:
            _end_round(turn, loop)
        case TryFrame(phase="finally", pending=pending, output=output):
            turn.pop()
            if pending is None:
                end_step(turn, output)
            else:
                send(turn, pending)
        case TryFrame():
            _end_try(turn, outputs_of(turn, block))
        case other:  # pragma: no cover - blocks lie on these frames only
            raise AssertionError(other)


def outputs_of(turn: Turn, block: BlockNumber) -> dict[str, JsonValue]:
    """The outputs of a block's steps, of those that ran."""
    names = turn.scope.names
    return {step.id: names[step.id] for step in turn.plan.blocks[block] if step.named and step.id in names}


def next_round(turn: Turn, loop: LoopFrame) -> None:
    """Begin a loop's next round, or end the loop."""
    step = turn.step()
    if isinstance(step, WhilePlan):
        if not turn.holds(step.condition):
            _end_loop(turn, loop)
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
            _end_loop(turn, loop)
            return
        names = {step.variable: loop.items[loop.position]}
        if step.index is not None:
            names[step.index] = loop.position
        total = len(loop.items)
    else:  # pragma: no cover - loop frames lie on loops only
        raise AssertionError(step)
    turn.charge_step()
    turn.commands.append(RoundStarted(step.number, loop.position, total))
    turn.scope = Scope(names, loop.scope)
    turn.push(BlockFrame(step.block))


def send(turn: Turn, signal: Signal) -> None:
    """Let a signal leave block after block until someone answers it, or the run ends with it."""
    while turn.stack is not None:
        match turn.stack.top:
            case BlockFrame(block, index):
                _end_by(turn, block, index, signal)
                turn.pop()
            case LoopFrame() as loop:
                if isinstance(signal, Continued):
                    _end_round(turn, loop)
                    return
                turn.scope = loop.scope
                if isinstance(signal, Broke):
                    _end_loop(turn, loop)
                    return
                turn.pop()
            case TryFrame() as attempt:
                signal = attempt.pending if isinstance(attempt.pending, Cancelled) else signal
                if _answered(turn, attempt, signal):
                    return
                turn.pop()
            case GroupFrame() | CallFrame() | RestoreFrame() | WaitFrame():
                turn.pop()
            case other:
                assert_never(other)
    finish(turn, signal)


def finish(turn: Turn, signal: Signal) -> None:
    """The run ends."""
    end = _ending(turn, signal)
    turn.commands.extend(CloseSession(held.grant.id) for held in turn.sessions.values() if held.grant is not None)
    turn.commands.append(end)
    turn.sessions = {}
    turn.stack = None
    turn.finished = True


def _ending(turn: Turn, signal: Signal) -> Finish:
    match signal:
        case Failed(error):
            return Finish("failed", error=error)
        case Cancelled():
            return Finish("cancelled")
        case Returned(dict() as outputs):
            return Finish("completed", outputs)
        case _:
            try:
                return Finish("completed", {name: turn.evaluate(value) for name, value in turn.plan.outputs.items()})
            except AetherError as error:
                return Finish("failed", error=error_value(error, None))


def _end_round(turn: Turn, loop: LoopFrame) -> None:
    step = turn.step()
    assert isinstance(step, ForEachPlan | WhilePlan)  # noqa: S101 - loop frames lie on loops only
    results = loop.results
    if step.keep_results:
        outputs = outputs_of(turn, step.block)
        single = isinstance(step, ForEachPlan) and step.single
        results = results.append(next(iter(outputs.values()), None) if single else outputs)
    turn.scope = loop.scope
    turn.swap(replace(loop, position=loop.position + 1, results=results))


def _end_loop(turn: Turn, loop: LoopFrame) -> None:
    turn.pop()
    end_step(turn, {"count": loop.position, "results": list(loop.results)})


def _end_try(turn: Turn, output: JsonValue) -> None:
    step = turn.step()
    assert isinstance(step, TryPlan)  # noqa: S101 - try frames lie on try steps only
    if step.final is None:
        turn.pop()
        end_step(turn, output)
    else:
        turn.swap(TryFrame("finally", step.final, output=output))
        turn.push(BlockFrame(step.final))


def _end_by(turn: Turn, block: BlockNumber, index: int, signal: Signal) -> None:
    steps = turn.plan.blocks[block]
    if index >= len(steps):
        return
    number = steps[index].number
    match signal:
        case Failed(error):
            turn.commands.append(StepEnded(number, turn.now, "failed", error))
        case Cancelled():
            turn.commands.append(StepEnded(number, turn.now, "cancelled"))
        case _:
            turn.commands.append(StepEnded(number, turn.now, "done"))


def _answered(turn: Turn, attempt: TryFrame, signal: Signal) -> bool:
    """Whether a `try` step takes a signal up: by a catch that fits, or to do its `finally` first."""
    step = turn.step()
    assert isinstance(step, TryPlan)  # noqa: S101 - try frames lie on try steps only
    if attempt.phase == "try" and isinstance(signal, Failed):
        clause = next((clause for clause in step.catches if _fits(clause, signal.error)), None)
        if clause is not None:
            _begin_catch(turn, clause, signal.error)
            return True
    if attempt.phase == "finally" or step.final is None:
        return False
    turn.swap(TryFrame("finally", step.final, pending=signal))
    turn.push(BlockFrame(step.final))
    return True


def _begin_catch(turn: Turn, clause: CatchPlan, error: ErrorValue) -> None:
    turn.commands.append(ErrorCaught(error.step))
    turn.scope = turn.scope.having(clause.variable, error.model_dump(mode="json", exclude={"acted", "evidence"}))
    turn.swap(TryFrame("catch", clause.block))
    turn.push(BlockFrame(clause.block))


def _fits(clause: CatchPlan, error: ErrorValue) -> bool:
    """An outcome that nobody knows is caught by its own name only, lest a catch for robots repeats it by accident."""
    kinds = {error.type} if error.kind == "unknown-outcome" else {error.type, error.kind, "any"}
    return not kinds.isdisjoint(clause.on)
