"""Branches and rounds that are done side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.machine import World, outputs_of, plan_of, raised
from workflows.call import Checkpoint, FileEntry, PageMark
from workflows.events import Answered, NodeCalledOff, NodeDone, NodeFailed
from workflows.protocol import CallNode, CallOff, CloseSession, OpenSession, StepParked

NO_RETRY: dict[str, Any] = {"retry": {"delays": []}}


def does(name: str, node: str = "test.read", **more: Any) -> dict[str, Any]:
    return {"id": name, "do": node, **NO_RETRY, **more}


def both(left: list[Any], right: list[Any], **more: Any) -> dict[str, Any]:
    return {"id": "both", "parallel": {"left": left, "right": right}, **more}


def waiting(steps: list[Any], **fields: Any) -> World:
    """A run of which every call is under way."""
    world = World(plan_of(steps, **fields), lambda _call: None)
    world.run()
    return world


def called(world: World, place: str) -> int:
    return next(call.number for call in world.commands if isinstance(call, CallNode) and call.place == place)


def test_branches_begin_together() -> None:
    world = waiting([both([does("a")], [does("b")])])

    assert ["both.left.a", "both.right.b"] == world.calls


def test_the_output_of_branches_has_their_steps_by_name() -> None:
    outputs = outputs_of(
        [both([does("a")], [does("b"), does("c")])], {"x": "${{ both }}"}, answer=lambda call: call.place
    )

    assert {"x": {"left": {"a": "both.left.a"}, "right": {"b": "both.right.b", "c": "both.right.c"}}} == outputs


@dataclass(frozen=True)
class Failure:
    id: str
    on_error: str
    first: str
    calls: list[str]
    error: str


FAILURES = [
    Failure("a branch that fails cancels the others", "cancel", "both.right.b", ["both.left.a", "both.right.b"], "b"),
    Failure(
        "others may come to their end", "wait", "both.right.b", ["both.left.a", "both.right.b", "both.left.z"], "b"
    ),
]


@pytest.mark.parametrize("case", FAILURES, ids=lambda case: case.id)
def test_a_branch_fails(case: Failure) -> None:
    world = waiting([both([does("a"), does("z")], [does("b")], on_error=case.on_error)])

    world.run(NodeFailed(called(world, case.first), raised()))
    if case.on_error == "wait":
        world.run(NodeDone(called(world, "both.left.a"), {}))
        world.run(NodeDone(called(world, "both.left.z"), {}))

    assert ("failed", "BrokenError") == world.result
    assert case.calls == world.calls
    assert world.end is not None
    assert world.end.error is not None
    assert case.error == world.end.error.step


@pytest.mark.parametrize("order", [("left.a", "right.b"), ("right.b", "left.a")])
def test_of_several_errors_that_of_the_first_branch_is_told(order: tuple[str, str]) -> None:
    world = waiting([both([does("a")], [does("b")], on_error="wait")])

    for place in order:
        world.run(NodeFailed(called(world, f"both.{place}"), raised(name=f"{place[-1].upper()}Error")))

    assert ("failed", "AError") == world.result


def test_an_error_that_comes_while_others_are_called_off_changes_nothing() -> None:
    world = waiting([both([does("a")], [does("b")])])
    world.tell(NodeFailed(called(world, "both.right.b"), raised()))

    world.run(NodeFailed(called(world, "both.left.a"), raised(name="LateError")))

    assert ("failed", "BrokenError") == world.result


def test_a_cancelled_branch_tidies_up_before_the_error_goes_on() -> None:
    left = {"try": [does("a")], "finally": [does("tidy")]}
    world = waiting([both([left], [does("b")])])

    world.run(NodeFailed(called(world, "both.right.b"), raised()))
    before = world.end
    world.run(NodeFailed(called(world, "both.left.tidy"), raised(name="LateError")))

    assert before is None
    assert ("failed", "BrokenError") == world.result


def test_a_branch_parks_while_its_siblings_go_on() -> None:
    world = waiting([both([does("a")], [does("b"), does("c")])], on_failure="park")

    world.run(NodeFailed(called(world, "both.left.a"), raised()))
    world.run(NodeDone(called(world, "both.right.b"), {}))
    parked = world.last(StepParked)
    world.run(NodeDone(called(world, "both.right.c"), {}))
    world.run(Answered(parked.number, "set-output", "anna", output=7))

    assert "both.left.a" == parked.place
    assert ("completed", None) == world.result


def test_a_parked_branch_is_given_up_when_a_sibling_fails_for_the_document_to_see() -> None:
    inside = both([does("a")], [does("b"), {"throw": {"type": "OddError", "message": "odd"}}])
    world = waiting([{"try": [inside], "catch": [{"on": "OddError", "do": [{"return": None}]}]}], on_failure="park")
    world.run(NodeFailed(called(world, "both.left.a"), raised()))

    world.run(NodeDone(called(world, "both.right.b"), {}))

    assert ("completed", None) == world.result


def test_an_abort_in_a_branch_ends_the_run_whatever_others_are_told() -> None:
    inside = both([does("a")], [does("b")], on_error="wait")
    world = waiting([{"try": [inside], "catch": [{"on": "business", "do": [does("never")]}]}], on_failure="park")
    world.run(NodeFailed(called(world, "both.left.a"), raised()))

    world.run(Answered(world.last(StepParked).number, "abort", "anna"))

    assert ("failed", "BrokenError") == world.result


def test_no_more_rounds_are_under_way_than_the_window_is_wide() -> None:
    world = waiting([{"id": "loop", "for_each": [1, 2, 3, 4], "parallel": 2, "do": [does("a")]}])
    begun = list(world.calls)

    world.run(NodeDone(called(world, "loop[1].a"), {}))

    assert ["loop[0].a", "loop[1].a"] == begun
    assert ["loop[2].a"] == world.calls[2:]


def test_results_keep_the_order_of_their_rounds() -> None:
    steps = [{"id": "loop", "for_each": ["x", "y"], "parallel": 2, "index": "i", "do": "test.read", **NO_RETRY}]
    world = waiting(steps, outputs={"r": "${{ loop }}"})

    world.run(NodeDone(called(world, "loop[1].loop.do"), "second"))
    world.run(NodeDone(called(world, "loop[0].loop.do"), "first"))

    assert world.end is not None
    assert {"r": {"count": 2, "results": ["first", "second"]}} == world.end.outputs


def test_after_a_round_has_failed_no_other_begins() -> None:
    world = waiting([{"id": "loop", "for_each": [1, 2, 3], "parallel": 2, "do": [does("a")]}])

    world.run(NodeFailed(called(world, "loop[0].a"), raised()))

    assert ["loop[0].a", "loop[1].a"] == world.calls
    assert ("failed", "BrokenError") == world.result


def test_told_to_wait_all_rounds_are_done_before_the_error_goes_on() -> None:
    steps = [{"id": "loop", "for_each": [1, 2, 3], "parallel": 1, "on_error": "wait", "do": [does("a")]}]
    world = World(plan_of(steps), lambda call: raised() if call.place == "loop[0].a" else {})

    world.run()

    assert ["loop[0].a", "loop[1].a", "loop[2].a"] == world.calls
    assert ("failed", "BrokenError") == world.result


def test_a_loop_side_by_side_over_nothing_does_nothing() -> None:
    outputs = outputs_of([{"id": "loop", "for_each": [], "parallel": 2, "do": [does("a")]}], {"x": "${{ loop }}"})

    assert {"x": {"count": 0, "results": []}} == outputs


def test_continue_ends_a_round_side_by_side() -> None:
    steps = [
        {
            "id": "loop",
            "for_each": [1, 2],
            "parallel": 2,
            "do": [does("a"), {"continue": "${{ item == 1 }}"}, does("b")],
        }
    ]

    outputs = outputs_of(steps, {"x": "${{ loop.results }}"}, answer=lambda call: call.place[-1])

    assert {"x": [{"a": "a"}, {"a": "a", "b": "b"}]} == outputs


def test_each_branch_has_a_session_of_its_own_and_gives_it_back() -> None:
    world = World(plan_of([does("before", "page.read"), both([does("a", "page.read")], [does("b", "page.read")])]))

    world.run()

    assert 3 == world.count(OpenSession)
    assert 3 == world.count(CloseSession)


def test_the_session_of_a_branch_begins_with_the_cookies_of_those_around_it() -> None:
    cookies = FileEntry(digest="sha256:00", size=1)
    steps = [does("before", "page.open"), both([does("a", "page.read")], [{"set": {"x": 1}}])]
    world = World(plan_of(steps), lambda call: None if call.place == "before" else {})
    world.run()

    mark = PageMark(url="https://a/b", storage=cookies, document="fresh")
    world.run(NodeDone(called(world, "before"), {}, page=mark))

    assert Checkpoint(url="about:blank", storage=cookies) == world.last(OpenSession).restore
    assert ("completed", None) == world.result


def test_a_session_step_has_a_session_of_its_own() -> None:
    inner = {"session": {"needs": ["windows"]}, "do": [does("b", "page.read")]}
    world = World(plan_of([does("a", "page.read"), inner, does("c", "page.read")]))

    world.run()

    sessions = [call.session.id for call in world.commands if isinstance(call, CallNode) and call.session]
    opened = [command.needs for command in world.commands if isinstance(command, OpenSession)]
    assert ["s1", "s2", "s1"] == sessions
    assert [(), ("windows",)] == opened


def test_a_session_step_that_fails_gives_its_session_back() -> None:
    inner = {"session": {}, "do": [does("b", "page.read")]}
    caught = {"try": [inner], "catch": [{"do": [does("c", "page.read")]}]}
    world = World(plan_of([caught]), lambda call: raised() if call.place == "b" else {})

    world.run()

    assert ("completed", None) == world.result
    assert 2 == world.count(OpenSession)
    assert 2 == world.count(CloseSession)


def test_a_call_that_is_called_off_may_still_say_how_it_ended() -> None:
    world = waiting([both([does("a")], [does("b")])])
    world.tell(NodeFailed(called(world, "both.right.b"), raised()))
    off = [command.number for command in world.commands if isinstance(command, CallOff)]

    world.run(NodeCalledOff(off[0]))

    assert [called(world, "both.left.a")] == off
    assert ("failed", "BrokenError") == world.result


def test_rounds_that_do_nothing_but_loop_are_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where each of them begins others beside it."""
    monkeypatch.setattr("workflows.turn.STEP_BUDGET", 100)
    inner = {"for_each": "${{ range(60) }}", "parallel": 60, "do": [{"assert": True}]}
    steps = [
        {"for_each": "${{ range(60) }}", "parallel": 3, "on_error": "wait", "as": "outer", "do": [inner, does("a")]}
    ]

    end = World(plan_of(steps)).run()

    assert end is not None
    assert "StepBudgetError" == (end.error.type if end.error else None)
