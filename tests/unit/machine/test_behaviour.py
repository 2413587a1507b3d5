"""What a run does beyond its constructs: results, scopes, waits, bounds."""

from __future__ import annotations

from tests.support.machine import World, outputs_of, plan_of
from workflows.protocol import Breathe
from workflows.results import Results


def test_a_node_loop_collects_the_outputs_of_its_node() -> None:
    steps = [{"id": "loop", "for_each": [1, 2], "as": "n", "do": "test.read", "with": {"target": "${{ n }}"}}]

    outputs = outputs_of(steps, {"r": "${{ loop.results }}"}, answer=lambda call: call.params["target"] * 10)

    assert {"r": [10, 20]} == outputs


def test_results_nobody_can_see_are_not_kept() -> None:
    steps = [{"id": "loop", "for_each": [1, 2], "do": [{"id": "a", "set": {"x": 1}}]}]

    world = World(plan_of(steps, outputs={"n": "${{ loop.count }}"}))
    world.run()

    assert {"count": 2, "results": []} == world.state.fibers[0].scope.names["loop"]


def test_a_round_does_not_see_outputs_of_the_round_before() -> None:
    steps = [
        {
            "for_each": [True, False],
            "do": [
                {"if": "${{ item }}", "then": [{"id": "once", "set": {"x": 1}}]},
                {"set": {"seen": "${{ once.x }}"}},
            ],
        },
    ]

    end = World(plan_of(steps)).run()

    assert end is not None
    assert end.error is not None
    assert "once" in end.error.message


def test_a_wait_sleeps_for_its_time() -> None:
    world = World(plan_of([{"id": "nap", "wait": "1h30m"}]))

    world.run()

    assert [5400.0] == world.timers


def test_a_wait_until_sleeps_for_the_rest() -> None:
    world = World(plan_of([{"wait": {"until": "2027-01-15T08:00:10Z"}}]), now=1_800_000_000.0)

    world.run()

    assert [10.0] == world.timers


def test_uuids_differ_and_stay_the_same_on_replay() -> None:
    steps = [{"set": {"a": "${{ uuid() }}", "b": "${{ uuid() }}"}}]
    outputs = {"a": "${{ a }}", "b": "${{ b }}"}

    first, second = outputs_of(steps, outputs), outputs_of(steps, outputs)

    assert first == second
    assert first["a"] != first["b"]


def test_a_long_calculation_breathes() -> None:
    steps = [{"set": {"n": 0}}, {"for_each": "${{ range(30000) }}", "do": [{"set": {"n": "${{ n + 1 }}"}}]}]
    world = World(plan_of(steps, outputs={"n": "${{ n }}"}))

    end = world.run()

    assert end is not None
    assert {"n": 30000} == end.outputs
    assert 2 < world.count(Breathe) < 200


def test_growing_lists_share_their_storage_and_keep_their_past() -> None:
    one = Results().append(1)

    left, right = one.append(2), one.append(3)

    assert ([1], [1, 2], [1, 3]) == (list(one), list(left), list(right))
    assert left == Results().append(1).append(2)
    assert left != right
    assert hash(left) == hash(Results().append(1).append(2))


def test_an_expression_error_lists_the_names_that_are_known() -> None:
    skipped = {"if": False, "then": [{"id": "a", "set": {"x": 1}}]}
    steps = [{"set": {"total": 1}}, {"for_each": [1], "do": [skipped, {"set": {"y": "${{ a.x }}"}}]}]

    end = World(plan_of(steps)).run()

    assert end is not None
    assert end.error is not None
    assert "'a'" in end.error.message


def test_now_is_the_time_of_the_run_s_clock() -> None:
    outputs = outputs_of([{"set": {"x": "${{ now() }}"}}], {"x": "${{ x }}"}, now=1_800_000_000.0)

    assert outputs["x"].startswith("2027-01-15T08:00:00")


def test_results_are_told_by_what_they_hold() -> None:
    assert "Results([1, 2])" == repr(Results().append(1).append(2))
