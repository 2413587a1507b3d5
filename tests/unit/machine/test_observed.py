"""What people see of a run while it works."""

from __future__ import annotations

from typing import Any

from tests.support.machine import World, plan_of, raised
from workflows.events import Started
from workflows.observed import Observed
from workflows.protocol import ErrorCaught, RoundStarted, StepEnded, StepStarted, StepWaits

SET = {"set": {"x": 1}}
RISKY = {"id": "risky", "try": [{"id": "pay", "do": "test.read"}], "catch": [{"do": [SET]}]}
LOOP = {"for_each": [1], "do": [{"break": None}]}
STEPS: list[Any] = [
    {"id": "read", "do": "test.read"},
    {"id": "all", "for_each": [1, 2], "do": [RISKY]},
    {"id": "pick", "switch": 1, "cases": [{"when": 1, "do": [{"wait": "1h"}]}], "default": [LOOP]},
    {"while": False, "do": [{"if": True, "then": [{"continue": None}]}]},
]


def observe(world: World) -> Observed:
    """Everything the world's run has reported so far."""
    observed = Observed(world.plan, world.now)
    for command in world.commands:
        if isinstance(command, StepStarted | StepWaits | StepEnded | ErrorCaught | RoundStarted):
            observed.take(command)
    return observed


def test_steps_are_listed_in_the_order_written_with_what_they_do() -> None:
    progress = observe(World(plan_of(STEPS))).progress()

    assert [
        (0, "test.read"),
        (0, "for_each"),
        (1, "try"),
        (2, "test.read"),
        (2, "set"),
        (0, "switch"),
        (1, "wait"),
        (1, "for_each"),
        (2, "break"),
        (0, "while"),
        (1, "if"),
        (2, "continue"),
    ] == [(step.depth, step.kind) for step in progress.steps]


def test_a_caught_error_shows_on_the_step_that_failed() -> None:
    steps = [{**STEPS[1]}]
    world = World(plan_of(steps, defaults={"retry": {"delays": []}}), lambda _: raised())
    world.run()

    progress = observe(world).progress()
    pay = next(step for step in progress.steps if step.id == "pay")

    assert ("caught", 2, "BrokenError") == (pay.status, pay.starts, pay.error.type if pay.error else None)


def test_a_waiting_step_says_for_what() -> None:
    world = World(plan_of([{"id": "nap", "wait": "1h"}]))
    world.tell(Started())

    observed = observe(world)

    assert "waiting" == observed.progress().steps[0].status
    assert "until 20" in (observed.progress().reason or "")
    assert "Waits for until" in observed.table()


def test_the_table_shows_rounds_of_loops() -> None:
    world = World(plan_of(STEPS))
    world.run()

    table = observe(world).table()

    assert "| ✔ | all | for_each | 2/2 |" in table
    assert "| ✔ | main.4 | while |  |" in table


def test_a_while_shows_the_rounds_it_has_begun() -> None:
    steps = [{"set": {"n": 0}}, {"id": "w", "while": "${{ n < 3 }}", "do": [{"set": {"n": "${{ n + 1 }}"}}]}]
    world = World(plan_of(steps))
    world.run()

    assert 2 == observe(world).progress().steps[1].rounds
