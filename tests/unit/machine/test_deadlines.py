"""What must end in time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.machine import World, plan_of, raised
from workflows.events import (
    Answered,
    CancelRequested,
    Decided,
    HandedOn,
    NodeDone,
    NodeFailed,
    PauseRequested,
    RestRequested,
    ResumeRequested,
    TimerFired,
)
from workflows.protocol import CallNode, StartTimer, StepAsks, StepParked

HOUR = 3600.0
SLOW = {"id": "slow", "do": "test.read", "retry": {"delays": []}}
BLOCKS: dict[str, dict[str, Any]] = {
    "if": {"if": True, "then": [SLOW]},
    "switch": {"switch": 1, "cases": [{"when": 1, "do": [SLOW]}]},
    "for_each": {"for_each": [1, 2], "do": [SLOW]},
    "for_each side by side": {"for_each": [1, 2], "parallel": 2, "do": [SLOW]},
    "while": {"while": True, "do": [SLOW]},
    "parallel": {"parallel": {"left": [SLOW]}},
    "try": {"try": [SLOW], "finally": [{"set": {"x": 1}}]},
    "session": {"session": {}, "do": [SLOW]},
    "call inline": {"call": "inner", "inline": True},
}
INNER = {"inner": {"aether": 1, "name": "inner", "steps": [SLOW]}}


def waiting(steps: list[Any], called: Any = None, **fields: Any) -> World:
    """A run whose calls nobody answers, and for which no time passes by itself."""
    world = World(plan_of(steps, called, **fields), lambda _call: None, passes=False)
    world.run()
    return world


def done(world: World, output: Any = None) -> None:
    world.run(NodeDone(world.last(CallNode).number, output))


def park(world: World) -> StepParked:
    world.run(NodeFailed(world.last(CallNode).number, raised()))
    return world.last(StepParked)


@pytest.mark.parametrize("step", BLOCKS.values(), ids=BLOCKS.keys())
def test_a_block_that_takes_too_long_is_left_and_named(step: dict[str, Any]) -> None:
    world = waiting([{"id": "block", **step, "timeout": "1h"}], INNER)

    world.later(HOUR)

    assert ("failed", "BlockTimeoutError") == world.result
    assert world.end is not None
    assert world.end.error is not None
    assert "step 'block' took longer than its timeout of 1h" == world.end.error.message


@pytest.mark.parametrize("step", BLOCKS.values(), ids=BLOCKS.keys())
def test_a_block_that_ends_in_time_is_not_left_later(step: dict[str, Any]) -> None:
    world = waiting([{"id": "block", **step, "timeout": "1h"}, {"id": "after", "do": "test.read"}], INNER)
    world.answer = lambda call: None if call.step.id == "after" else {}
    if "while" in step:
        world = waiting([{"id": "block", **step, "do": [SLOW, {"break": None}], "timeout": "1h"}, {**SLOW, "id": "z"}])
    for call in [command for command in world.commands if isinstance(command, CallNode)]:
        world.run(NodeDone(call.number, {}))

    world.later(2 * HOUR)

    assert world.end is None


def test_a_run_that_takes_too_long_fails_and_does_not_wait_for_a_person() -> None:
    world = waiting([SLOW], timeout="90m", on_failure="park")

    world.later(1.5 * HOUR)

    assert ("failed", "RunTimeoutError") == world.result
    assert world.end is not None
    assert world.end.error is not None
    assert "the run took longer than 1h30m" == world.end.error.message


def test_a_run_that_ends_in_time_ends() -> None:
    world = waiting([SLOW], timeout="90m")

    done(world)

    assert ("completed", None) == world.result


def test_a_block_that_took_too_long_parks_as_a_whole_and_begins_anew() -> None:
    world = waiting([{"id": "block", "if": True, "then": [SLOW], "timeout": "1h"}], on_failure="park")
    world.later(HOUR)
    parked = world.last(StepParked)

    world.run(Answered(parked.number, "retry", "anna"))
    done(world)

    assert "block" == parked.place
    assert ["slow", "slow"] == world.calls
    assert ("completed", None) == world.result


def test_a_catch_around_sees_the_timeout() -> None:
    block = {"id": "block", "if": True, "then": [SLOW], "timeout": "1h"}
    caught = {"try": [block], "catch": [{"on": "BlockTimeoutError", "do": [{"set": {"x": "${{ error.step }}"}}]}]}
    world = waiting([{"set": {"x": 0}}, caught], outputs={"x": "${{ x }}"})

    world.later(HOUR)

    assert world.end is not None
    assert {"x": "block"} == world.end.outputs


def test_a_catch_inside_does_not() -> None:
    inside = {"try": [SLOW], "catch": [{"do": [{"set": {"x": 1}}]}], "finally": [{"set": {"y": 1}}]}
    world = waiting([{"id": "block", "if": True, "then": [inside], "timeout": "1h"}])

    world.later(HOUR)

    assert ("failed", "BlockTimeoutError") == world.result


def test_a_finally_under_way_comes_to_its_end_first() -> None:
    inside = {"try": [{"set": {"x": 1}}], "finally": [SLOW, {**SLOW, "id": "also"}]}
    world = waiting([{"id": "block", "if": True, "then": [inside], "timeout": "1h"}])

    world.later(HOUR)
    done(world)
    before = world.end
    done(world)

    assert before is None
    assert ("failed", "BlockTimeoutError") == world.result


def timers_of(world: World) -> list[int]:
    return [command.number for command in world.open.values() if isinstance(command, StartTimer)]


@pytest.mark.parametrize("first", ["outer", "inner"])
def test_an_outer_deadline_is_not_forgotten_for_an_inner_one(first: str) -> None:
    inner = {"id": "inner", "if": True, "then": [SLOW], "timeout": "1h"}
    caught = {"try": [inner], "catch": [{"do": [{**SLOW, "id": "never"}]}]}
    world = waiting([{"id": "outer", "if": True, "then": [caught], "timeout": "1h"}])
    outer, innermost = timers_of(world)

    world.now += HOUR
    for timer in (outer, innermost) if first == "outer" else (innermost, outer):
        world.tell(TimerFired(timer))
    world.run(NodeFailed(world.last(CallNode).number, raised()))

    assert world.end is not None
    assert world.end.error is not None
    assert "outer" == world.end.error.step


def test_a_cancelled_run_is_cancelled_also_when_it_takes_too_long_to_tidy_up() -> None:
    inside = {"try": [SLOW], "finally": [{**SLOW, "id": "tidy"}]}
    world = waiting([{"id": "block", "if": True, "then": [inside], "timeout": "1h"}], cleanup="2h")
    world.run(CancelRequested())

    world.later(HOUR)
    done(world)

    assert ("cancelled", None) == world.result


def test_time_spent_parked_does_not_count() -> None:
    world = waiting([{"id": "block", "if": True, "then": [SLOW], "timeout": "1h"}], on_failure="park")
    world.later(HOUR / 2)
    parked = park(world)
    world.later(5 * HOUR)

    world.run(Answered(parked.number, "retry", "anna"))
    world.later(HOUR / 2 - 1)
    before = len(world.calls)
    world.later(2)

    assert 2 == before
    assert "block" == world.last(StepParked).place


def test_a_short_time_parked_puts_a_deadline_off_too() -> None:
    world = waiting([{"id": "block", "if": True, "then": [SLOW], "timeout": "1h"}], on_failure="park")
    parked = park(world)
    world.later(HOUR / 2)
    world.run(Answered(parked.number, "retry", "anna"))

    world.later(HOUR - 1)
    done(world)

    assert ("completed", None) == world.result


def test_time_for_which_two_branches_are_parked_is_put_off_once() -> None:
    branches = {"left": [SLOW], "right": [{**SLOW, "id": "other"}]}
    world = waiting([{"id": "block", "parallel": branches, "timeout": "1h"}], on_failure="park")
    left, right = (command.number for command in world.commands if isinstance(command, CallNode))
    world.run(NodeFailed(left, raised()))
    first = world.last(StepParked)
    world.later(HOUR)
    world.run(NodeFailed(right, raised()))
    second = world.last(StepParked)
    world.later(HOUR)

    world.run(Answered(first.number, "retry", "anna"))
    world.later(HOUR)
    world.run(Answered(second.number, "retry", "anna"))
    world.later(HOUR - 1)
    before = world.last(StepParked)
    world.later(1)

    assert second == before
    assert "block" == world.last(StepParked).place


def test_a_block_whose_parked_branch_is_given_up_counts_time_again() -> None:
    odd = {"throw": {"type": "OddError", "message": "odd"}}
    branches = {"parallel": {"left": [SLOW], "right": [{**SLOW, "id": "other"}, odd]}}
    caught = {"try": [branches], "catch": [{"on": "OddError", "do": [{**SLOW, "id": "after"}]}]}
    world = waiting([{"id": "block", "if": True, "then": [caught], "timeout": "1h"}], on_failure="park")
    left, right = (command.number for command in world.commands if isinstance(command, CallNode))
    world.run(NodeFailed(left, raised()))
    world.run(NodeDone(right, {}))

    world.later(HOUR)

    assert "block" == world.last(StepParked).place


def test_time_for_which_a_run_is_paused_does_not_count() -> None:
    world = waiting([{"id": "block", "if": True, "then": [SLOW, SLOW | {"id": "b"}], "timeout": "1h"}])
    world.run(PauseRequested())
    done(world)
    world.later(10 * HOUR)

    world.run(ResumeRequested())
    world.later(HOUR - 1)
    done(world)

    assert ("completed", None) == world.result


def test_what_is_parked_when_a_run_goes_on_stays_out_of_the_count() -> None:
    world = waiting([{"id": "block", "if": True, "then": [SLOW], "timeout": "1h"}], on_failure="park")
    parked = park(world)
    world.run(PauseRequested())
    world.later(HOUR)
    world.run(ResumeRequested())
    world.later(HOUR)
    world.run(Answered(parked.number, "retry", "anna"))

    world.later(HOUR - 1)
    done(world)

    assert ("completed", None) == world.result


def test_a_deadline_goes_on_in_the_next_execution() -> None:
    world = waiting([{"id": "block", "if": True, "then": [{"approve": "Go on?"}], "timeout": "1h"}])
    world.later(HOUR / 2)
    world.run(RestRequested())

    world.run(HandedOn())

    assert HOUR / 2 == world.timers[-1]


def test_a_deadline_that_has_passed_is_not_started_again_in_the_next_execution() -> None:
    inside = {"try": [{"set": {"x": 1}}], "finally": [SLOW, {"approve": "Go on?"}]}
    world = waiting([{"id": "block", "if": True, "then": [inside], "timeout": "1h"}])
    world.later(HOUR)
    world.run(RestRequested())
    done(world)
    before = len(world.timers)
    world.run(HandedOn())

    world.run(Decided(world.last(StepAsks).number, approved=True, by="anna"))

    assert before == len(world.timers)
    assert ("failed", "BlockTimeoutError") == world.result
