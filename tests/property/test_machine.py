"""The machine does what a plain reading of the document would do, and depends on what it is told alone."""

from __future__ import annotations

from copy import deepcopy

from hypothesis import given, settings

from tests.support.machine import World
from tests.support.oracle import Oracle
from tests.support.programs import START, Dialect, Program, programs
from tests.support.weather import answer, result_of, storm
from workflows.events import Started
from workflows.machine import advance
from workflows.plan import Plan

ONE_BY_ONE = programs(Dialect(side_by_side=False, undo=True))


@settings(max_examples=40, deadline=None)
@given(ONE_BY_ONE)
def test_steps_one_after_the_other_are_called_in_the_order_a_plain_reading_says(program: Program) -> None:
    oracle = Oracle()
    expected = oracle.run([*START, *program.steps])
    world = storm(program, 0)

    end = world.storm()

    assert (expected, oracle.calls) == (result_of(end), world.done)


@settings(max_examples=40, deadline=None)
@given(programs(Dialect(undo=True)))
def test_a_plan_survives_json(program: Program) -> None:
    plan = program.plan()

    assert plan == Plan.model_validate_json(plan.model_dump_json())


@settings(max_examples=40, deadline=None)
@given(programs())
def test_advancing_depends_on_its_arguments_alone_and_leaves_them_alone(program: Program) -> None:
    plan = program.plan()
    state = World(plan, answer).state
    before = deepcopy(state)

    first = advance(plan, state, Started(), now=state.now)
    second = advance(plan, state, Started(), now=state.now)

    assert first == second
    assert before == state
