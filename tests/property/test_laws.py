"""Whatever happens to a run while it waits, it does what a plain reading of its document says."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.support.machine import raised, vanished
from tests.support.oracle import Oracle
from tests.support.programs import START, Dialect, Program, programs
from tests.support.storm import Storm
from workflows.plan import AnyPlanStep, Plan, TryPlan
from workflows.protocol import Action, CallNode, CancelRequested, Finish, StartChild, StartTimer, StepEnded, StepParked, StepStarted

SEEDS = st.integers(0, 2**32)


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


def counted(calls: list[Any]) -> Counter[str]:
    return Counter(map(repr, calls))


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


def agree(oracle: Oracle, program: Program, world: Storm) -> None:
    """Run both and compare what they called and came to, as far as anybody can foretell it."""
    expected = oracle.run([*START, *program.steps])
    assume(not oracle.unsure)

    end = world.storm()

    settled(world)
    assert expected == result_of(end), (expected, result_of(end))
    if not oracle.raced:
        assert counted(oracle.calls) == counted(world.done)


@settings(max_examples=150, deadline=None)
@given(programs(Dialect(undo=True)), SEEDS)
def test_answers_may_come_in_any_order(program: Program, seed: int) -> None:
    agree(Oracle(), program, storm(program, seed))


@settings(max_examples=200, deadline=None)
@given(programs(Dialect(undo=True)), SEEDS)
def test_a_run_handed_on_or_paused_anywhere_goes_on_as_if_nothing_had_happened(program: Program, seed: int) -> None:
    agree(Oracle(), program, storm(program, seed, rests=3, pauses=2, early=2))


@settings(max_examples=200, deadline=None)
@given(programs(Dialect(undo=True), "park"), SEEDS)
def test_a_parked_step_that_is_retried_is_as_one_whose_next_attempt_succeeded(program: Program, seed: int) -> None:
    def decide(parked: StepParked) -> Action:
        return "skip" if parked.error.kind == "configuration" else "retry"

    agree(Oracle(parks=True), program, storm(program, seed, rests=1, decide=decide))


@settings(max_examples=100, deadline=None)
@given(programs(Dialect(undo=True), "park"), SEEDS, st.sampled_from(["skip", "abort"]))
def test_a_parked_step_is_skipped_or_ends_the_run_as_a_person_says(program: Program, seed: int, action: Action) -> None:
    agree(Oracle(parks=True, answer=action), program, storm(program, seed, rests=1, decide=lambda _: action))


@settings(max_examples=200, deadline=None)
@given(programs(Dialect(undo=True), "park"), SEEDS)
def test_a_run_cancelled_anywhere_tidies_up_and_ends(program: Program, seed: int) -> None:
    world = storm(program, seed, cancels=1, rests=1, pauses=1, decide=lambda _: "skip")

    world.storm()

    settled(world)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(programs(Dialect(undo=True, people=False)), SEEDS)
def test_no_run_works_for_ever(monkeypatch: pytest.MonkeyPatch, program: Program, seed: int) -> None:
    """A run that asks nobody comes to its end within its budget of steps, and takes a breath in between."""
    monkeypatch.setattr("workflows.turn.STEP_BUDGET", 40)
    monkeypatch.setattr("workflows.turn.TURN_FUEL", 400)
    world = storm(program, seed)

    world.storm()

    settled(world)
    begun = [command for command in world.commands if isinstance(command, StepStarted) and not command.attempt]
    asked = [command for command in world.commands if isinstance(command, CallNode | StartTimer | StartChild)]
    assert len(begun) <= (len(asked) + 1) * 200
