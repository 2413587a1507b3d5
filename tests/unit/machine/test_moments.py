"""What a run did is worked out from what it was told."""

from __future__ import annotations

from typing import Any

from tests.support.machine import World, plan_of, raised, vanished
from workflows.moments import Occurrence, find, occurrences
from workflows.protocol import CallNode

LOOP = [
    {"set": {"sum": 0}},
    {
        "id": "all",
        "for_each": [10, 20],
        "as": "n",
        "do": [{"id": "look", "do": "test.read", "with": {"n": "${{ n }}"}}, {"set": {"sum": "${{ sum + n }}"}}],
    },
]


def echo(call: CallNode) -> Any:
    return {"given": call.params.get("n")}


def done(steps: list[Any], **world: Any) -> list[Occurrence]:
    """Everything that a run of these steps does."""
    ran = World(plan_of(steps, outputs={"all": "${{ all.results }}"} if steps is LOOP else {}), **world)
    ran.run()
    return list(occurrences(ran.told))


def test_each_time_a_step_was_done_is_told_with_its_place() -> None:
    expected = ["main.1", "all[0].look", "all[0].all.2", "all[1].look", "all[1].all.2", "all"]

    assert expected == [each.place for each in done(LOOP, answer=echo)]
    assert {"done"} == {each.status for each in done(LOOP, answer=echo)}


def test_a_step_is_told_with_what_it_saw_and_what_came_of_it() -> None:
    second = done(LOOP, answer=echo)[3]

    assert ({"sum": 10}, {"n": 20}) == (second.variables, second.scope)
    assert [({"n": 20}, None, None)] == [(each.params, each.robot, each.error) for each in second.attempts]
    assert {"given": 20} == second.output


def test_a_loop_is_told_with_what_it_came_to() -> None:
    assert {"count": 2, "results": [{"look": {"given": 10}}, {"look": {"given": 20}}]} == done(LOOP, answer=echo)[
        -1
    ].output


def test_every_attempt_is_told_with_its_error() -> None:
    answers = [raised(), vanished(), {"ok": True}]
    steps = [{"id": "a", "do": "test.read", "retry": {"delays": ["1s"]}}]

    (step,) = done(steps, answer=lambda _call: answers.pop(0))

    assert [1, 2, 3] == [each.number for each in step.attempts]
    assert ["BrokenError", "RobotLostError", None] == [each.error and each.error.type for each in step.attempts]
    assert ("done", {"ok": True}) == (step.status, step.output)
    assert step.ended is not None
    assert step.ended - step.started >= 1.0


def test_a_step_of_a_session_is_told_with_its_robot() -> None:
    (step,) = done([{"do": "page.read"}])

    assert ["r1"] == [each.robot for each in step.attempts]


def test_a_failed_step_is_told_with_its_error_and_so_is_what_it_is_inside_of() -> None:
    steps = [{"id": "outer", "if": True, "then": [{"id": "inner", "do": "test.read"}]}]

    told = done(steps, answer=lambda _call: raised("business"))

    assert [("inner", "failed"), ("outer", "failed")] == [(each.id, each.status) for each in told]
    assert ["BrokenError"] * 2 == [each.error and each.error.type for each in told]


def test_a_parked_step_is_under_way() -> None:
    plan = plan_of([{"id": "a", "do": "test.read"}], on_failure="park")
    world = World(plan, answer=lambda _call: raised())
    world.run()

    (step,) = occurrences(world.told)

    assert ("parked", "BrokenError", None) == (step.status, step.error and step.error.type, step.ended)


def test_a_call_of_which_nobody_knows_the_step_is_left_out() -> None:
    world = World(plan_of([{"id": "a", "do": "test.read"}, {"id": "b", "do": "test.read"}]))
    world.run()

    late = list(occurrences(world.told[1:]))

    assert ["b"] == [each.id for each in late]


def test_looking_changes_nothing() -> None:
    first = World(plan_of(LOOP), answer=echo)
    first.run()
    list(occurrences(first.told))

    again = World(plan_of(LOOP), answer=echo)
    again.run()

    assert first.state == again.state
    assert first.told == again.told


def test_a_step_is_found_by_its_place_or_by_its_id() -> None:
    world = World(plan_of(LOOP), answer=echo)
    world.run()

    first, last, none = (find(world.told, at) for at in ("all[0].look", "look", "all[2].look"))

    assert ("all[0].look", "all[1].look", None) == (first and first.place, last and last.place, none)
