"""A run can be looked at, and gone on from, at each of its steps."""

from __future__ import annotations

from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.machine import World
from tests.support.programs import Dialect, Program, programs
from tests.support.weather import answer, storm
from workflows.events import HandedOn
from workflows.machine import advance
from workflows.moments import occurrences
from workflows.observed import Observed
from workflows.protocol import Finish, Report
from workflows.resuming import Successor, resumed
from workflows.saved import dump, load

SEEDS = st.integers(0, 2**32)
ALONE = Dialect(side_by_side=False, people=False)


def ran(program: Program) -> World:
    """A run of a program, in a world where one thing happens after the other."""
    world = World(program.plan(), answer=answer)
    world.run()
    return world


@settings(max_examples=60, deadline=None)
@given(programs(Dialect(undo=True)), SEEDS)
def test_how_much_is_done_never_falls(program: Program, seed: int) -> None:
    world = storm(program, seed, rests=1, pauses=1)
    end = world.storm()
    observed = Observed(world.plan, world.told[0].at)
    reached = [0]

    for each in world.told:
        _, commands = advance(each.plan, each.before, each.event, now=each.at)
        for command in commands:
            if isinstance(command, get_args(Report)):
                observed.take(command)
            elif isinstance(command, Finish):
                observed.status = command.status
        observed.measure()
        reached.append(observed.progress().percent)

    assert sorted(reached) == reached
    assert (100 == reached[-1]) == (end is not None and end.status == "completed")


@settings(max_examples=60, deadline=None)
@given(programs(ALONE))
def test_every_attempt_belongs_to_one_time_that_a_step_was_done(program: Program) -> None:
    world = ran(program)

    done = list(occurrences(world.told))

    assert sorted(world.calls) == sorted(each.place for each in done for _ in each.attempts)
    assert world.end is None or all(each.ended is not None for each in done)


@settings(max_examples=60, deadline=None)
@given(programs(ALONE), SEEDS)
def test_a_run_that_goes_on_from_any_step_does_what_the_other_one_did_from_there(program: Program, seed: int) -> None:
    old = ran(program)
    done = list(occurrences(old.told))
    step = done[seed % len(done)]
    before = sum(each.began < step.began for each in done for _ in each.attempts)

    fresh = resumed(old.plan, step.before, Successor("test/2", "seed", step.before.now, old.state.last_number))
    new = World(old.plan, answer=answer, now=step.before.now)
    new.state = load(dump(fresh.state))
    new.run(HandedOn())

    assert old.end == new.end
    assert new.calls == old.calls[len(old.calls) - len(new.calls) :]
    assert before <= len(old.calls) - len(new.calls) or not step.attempts
