"""Whatever happens to a run while it waits, it does what a plain reading of its document says."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.support.oracle import Oracle
from tests.support.programs import START, Dialect, Program, programs
from tests.support.storm import Storm
from tests.support.weather import result_of, settled, storm
from workflows.protocol import Action, CallNode, StartChild, StartTimer, StepParked, StepStarted

SEEDS = st.integers(0, 2**32)


def counted(calls: list[Any]) -> Counter[str]:
    return Counter(map(repr, calls))


def agree(oracle: Oracle, program: Program, world: Storm) -> None:
    """Run both and compare what they called and came to, as far as anybody can foretell it."""
    expected = oracle.run([*START, *program.steps])
    assume(not oracle.unsure)

    end = world.storm()

    settled(world)
    assert expected == result_of(end)
    if not oracle.raced:
        assert counted(oracle.calls) == counted(world.done)


@settings(max_examples=60, deadline=None)
@given(programs(Dialect(undo=True)), SEEDS)
def test_answers_may_come_in_any_order(program: Program, seed: int) -> None:
    agree(Oracle(), program, storm(program, seed))


@settings(max_examples=60, deadline=None)
@given(programs(Dialect(undo=True)), SEEDS)
def test_a_run_handed_on_or_paused_anywhere_goes_on_as_if_nothing_had_happened(program: Program, seed: int) -> None:
    agree(Oracle(), program, storm(program, seed, rests=3, pauses=2, early=2, losses=1))


@settings(max_examples=60, deadline=None)
@given(programs(Dialect(undo=True), "park"), SEEDS)
def test_a_parked_step_that_is_retried_is_as_one_whose_next_attempt_succeeded(program: Program, seed: int) -> None:
    def decide(parked: StepParked) -> Action:
        return "skip" if parked.error.kind == "configuration" else "retry"

    agree(Oracle(parks=True), program, storm(program, seed, rests=1, decide=decide))


@settings(max_examples=60, deadline=None)
@given(programs(Dialect(undo=True), "park"), SEEDS, st.sampled_from(["skip", "abort"]))
def test_a_parked_step_is_skipped_or_ends_the_run_as_a_person_says(program: Program, seed: int, action: Action) -> None:
    agree(Oracle(parks=True, answer=action), program, storm(program, seed, rests=1, decide=lambda _: action))


@settings(max_examples=60, deadline=None)
@given(programs(Dialect(undo=True), "park"), SEEDS, st.integers(0, 1))
def test_whatever_people_decide_and_wherever_they_cancel_everything_is_tidied_up_once(
    program: Program, seed: int, cancels: int
) -> None:
    actions: list[Action] = ["retry", "skip", "set-output", "goto", "goto", "abort"]
    world = storm(program, seed, cancels=cancels, rests=2, pauses=1, losses=1)
    world.decide = lambda _: world.chance.choice(actions)

    world.storm()

    settled(world)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(programs(Dialect(undo=True, people=False)), SEEDS)
def test_no_run_works_for_ever(monkeypatch: pytest.MonkeyPatch, program: Program, seed: int) -> None:
    """A run that asks nobody comes to its end within its budget of steps, and takes a breath in between."""
    monkeypatch.setattr("workflows.turn.STEP_BUDGET", 40)
    monkeypatch.setattr("workflows.turn.STEP_SLACK", 2_000)
    monkeypatch.setattr("workflows.turn.TURN_FUEL", 400)
    world = storm(program, seed)

    world.storm()

    settled(world)
    begun = [command for command in world.commands if isinstance(command, StepStarted) and not command.attempt]
    asked = [command for command in world.commands if isinstance(command, CallNode | StartTimer | StartChild)]
    assert len(begun) <= (len(asked) + 1) * 2_100
