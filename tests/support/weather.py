"""Programs in a storm: what their calls come to, and what must hold however it ends."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.support.machine import raised, vanished
from tests.support.programs import Program
from tests.support.storm import Storm
from workflows.events import CancelRequested
from workflows.plan import AnyPlanStep, Plan, TryPlan
from workflows.protocol import CallNode, Finish, StepEnded, StepStarted


def answer(call: CallNode) -> Any:
    """What a call's own parameters say."""
    if call.attempt > int(str(call.params["fails"])):
        return {"did": call.params["n"]}
    kind = str(call.params["kind"])
    return vanished() if kind == "vanish" else raised(kind)


def storm(program: Program, seed: int, **happens: Any) -> Storm:
    return Storm(program.plan(), answer, chance=Random(seed), **happens)  # noqa: S311 - a test that can be repeated


def result_of(end: Finish | None) -> tuple[str, Any]:
    assert end is not None
    return end.status, end.error.type if end.error else end.outputs


def settled(world: Storm) -> None:
    """Nothing is left over: answers, sessions, blocks that had to be done."""
    assert world.end is not None
    assert set(world.open) <= world.off
    assert not world.grants
    assert () == world.tell(CancelRequested())
    ended = [command.step for command in world.commands if isinstance(command, StepEnded) and command.status == "done"]
    begun = [command.step for command in world.commands if isinstance(command, StepStarted) and not command.attempt]
    undos = {step.number: step.undo for step in steps_of(world.plan) if step.undo is not None}
    marks = [world.plan.blocks[undo][0].number for undo in undos.values()]
    undone = [step for step in begun if step in marks]
    done = [world.plan.blocks[undos[step]][0].number for step in ended if step in undos]
    assert ([] if world.end.status == "completed" else done[::-1]) == undone
    for step in steps_of(world.plan):
        if isinstance(step, TryPlan) and step.final is not None:
            assert begun.count(step.number) == begun.count(world.plan.blocks[step.final][0].number)


def steps_of(plan: Plan) -> list[AnyPlanStep]:
    return [step for block in plan.blocks for step in block]
