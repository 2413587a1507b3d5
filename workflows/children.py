"""How a run has another document run."""

from __future__ import annotations

from workflows.call import ErrorValue
from workflows.events import ChildEnded
from workflows.flow import end_step, place_of
from workflows.frames import ChildFrame
from workflows.inputs import check_inputs
from workflows.leaving import fail
from workflows.parking import clauses_around
from workflows.plan import ChildPlan
from workflows.protocol import StartChild, StepWaits
from workflows.turn import Turn


def call_child(turn: Turn, step: ChildPlan, run: str) -> None:
    """Start the run of another document."""
    inputs = {name: turn.evaluate(value) for name, value in step.given.items()}
    check_inputs(turn.plan.children[step.child].inputs, inputs)
    place = place_of(turn)
    number = turn.number()
    child = f"{run}/{place}"
    caught = {name for clause in clauses_around(turn) for name in clause.on} | set(turn.caught)
    turn.commands.append(
        StartChild(
            number=number,
            run=child,
            step=step,
            place=place,
            inputs=inputs,
            files=turn.files,
            caught=() if step.detach else tuple(sorted(caught)),
        )
    )
    turn.commands.append(StepWaits(step.number, f"the run {child!r}"))
    turn.push(ChildFrame(number, child))


def take_child(turn: Turn, ended: ChildEnded) -> None:
    """The run of a called document is over."""
    step = turn.step()
    turn.pop()
    turn.files = {**turn.files, **ended.files}
    if ended.error is None:
        end_step(turn, ended.outputs)
        return
    error: ErrorValue = ended.error
    inner = f" (step {error.step!r})" if error.step else ""
    fail(turn, error.model_copy(update={"step": step.id, "message": f"{error.message}{inner}"}))
