"""Documents that call others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.machine import World, document_of, plan_of, raised
from workflows.call import ErrorValue, FileEntry
from workflows.events import Answered, CancelRequested, ChildEnded, HandedOn, RestRequested
from workflows.protocol import CallNode, CallOff, Rest, StartChild, StepParked

NO_RETRY: dict[str, Any] = {"retry": {"delays": []}}
PAY = document_of(
    [{"id": "pay", "do": "test.read", "with": {"n": "${{ inputs.n }}"}, **NO_RETRY}],
    name="pay",
    inputs={"n": {"type": "integer"}, "currency": {"type": "string", "default": "EUR"}},
    outputs={"paid": "${{ pay }}", "in": "${{ inputs.currency }}"},
)
CALL = {"id": "child", "call": "pay", "with": {"n": "${{ 2 + 3 }}"}}
INLINE = {**CALL, "inline": True}
FILE = FileEntry(digest="sha256:00", size=1)


def run_of(*steps: dict[str, Any], **fields: Any) -> World:
    world = World(plan_of(list(steps), {"pay": PAY}, **fields), passes=False)
    world.run()
    return world


def error(name: str = "OddError", kind: Any = "business") -> ErrorValue:
    return ErrorValue(type=name, kind=kind, message="odd", step="inner")


def test_a_called_document_runs_under_a_name_that_tells_where_it_was_called() -> None:
    world = run_of({"id": "loop", "for_each": [1], "do": [CALL]})

    child = world.last(StartChild)
    assert ("test/1/loop[0].child", "loop[0].child", {"n": 5}) == (child.run, child.place, child.inputs)


def test_its_outputs_are_the_steps_and_its_files_the_runs() -> None:
    world = run_of(CALL, outputs={"x": "${{ child.paid }}"})

    world.run(ChildEnded(world.last(StartChild).number, {"paid": 5}, {"a.txt": FILE}))

    assert world.end is not None
    assert ({"x": 5}, {"a.txt": FILE}) == (world.end.outputs, world.state.files)


def test_its_error_keeps_its_type_and_names_the_step_that_called_it() -> None:
    world = run_of(CALL)

    world.run(ChildEnded(world.last(StartChild).number, error=error()))

    assert ("failed", "OddError") == world.result
    assert world.end is not None
    assert world.end.error is not None
    assert ("child", "odd (step 'inner')") == (world.end.error.step, world.end.error.message)


def test_its_error_is_caught_by_its_type() -> None:
    world = run_of({"try": [CALL], "catch": [{"on": "OddError", "do": [{"return": {"x": "${{ error.step }}"}}]}]})

    world.run(ChildEnded(world.last(StartChild).number, error=error().model_copy(update={"step": None})))

    assert world.end is not None
    assert {"x": "child"} == world.end.outputs


def test_it_is_told_which_of_its_errors_are_caught() -> None:
    """So that it does not wait for a person with what its caller answers."""
    inner = {"try": [CALL], "catch": [{"on": ["OddError", "robot"], "do": [{"return": None}]}]}
    run = run_of({"try": [inner], "finally": [{"set": {"x": 1}}]})

    assert ("OddError", "robot") == run.last(StartChild).caught


def test_a_run_that_is_left_alone_is_told_nothing() -> None:
    caught = {"try": [{**CALL, "detach": True}], "catch": [{"do": [{"return": None}]}]}

    assert () == run_of(caught).last(StartChild).caught


def test_an_error_that_the_caller_catches_does_not_park() -> None:
    world = World(plan_of([{"do": "test.read", **NO_RETRY}], on_failure="park"), lambda _call: raised())
    world.state = replace(world.state, caught=("robot",))

    world.run()

    assert ("failed", "BrokenError") == world.result


@pytest.mark.parametrize("timeout", [{}, {"timeout": "1h"}], ids=["plain", "with a timeout"])
def test_a_child_whose_failure_is_mended_is_called_anew(timeout: dict[str, str]) -> None:
    world = run_of({**CALL, **timeout}, on_failure="park")
    world.run(ChildEnded(world.last(StartChild).number, error=error(kind="robot")))

    world.run(Answered(world.last(StepParked).number, "retry", "anna"))
    world.run(ChildEnded(world.last(StartChild).number, {}))

    assert 2 == world.count(StartChild)
    assert ("completed", None) == world.result


@pytest.mark.parametrize("step", [CALL, INLINE], ids=["child", "inline"])
def test_inputs_that_do_not_fit_are_refused_before_it_begins(step: dict[str, Any]) -> None:
    world = run_of({"set": {"n": "five"}}, {**step, "with": {"n": "${{ n }}"}, "timeout": "1h"})

    assert ("failed", "InvalidInputError") == world.result
    assert 0 == world.count(StartChild)


def test_a_cancelled_run_cancels_its_child_and_waits_for_it() -> None:
    world = run_of(CALL)
    child = world.last(StartChild).number

    world.run(CancelRequested())
    before = world.end
    world.run(ChildEnded(child, error=error("CancelledError", "cancelled")))

    assert CallOff(child) in world.commands
    assert before is None
    assert ("cancelled", None) == world.result


def test_a_child_that_succeeds_although_it_is_cancelled_counts_as_done() -> None:
    undo = {"id": "un", "do": "test.read"}
    world = run_of({**CALL, "undo": [undo]})
    world.tell(CancelRequested())

    world.run(ChildEnded(world.last(StartChild).number, {}))

    assert ["child.undo.un"] == world.calls
    assert ("cancelled", None) == world.result


def test_a_child_goes_on_while_its_caller_is_handed_on() -> None:
    world = run_of(CALL)
    world.run(RestRequested())
    world.run(HandedOn())

    world.run(ChildEnded(world.last(StartChild).number, {}))

    assert (1, 1) == (world.count(Rest), world.count(StartChild))
    assert ("completed", None) == world.result


def test_a_child_that_is_cancelled_does_not_keep_its_caller_from_being_handed_on() -> None:
    world = run_of(CALL)
    world.run(CancelRequested())
    world.run(RestRequested())
    world.run(HandedOn())

    world.run(ChildEnded(world.last(StartChild).number, error=error("CancelledError", "cancelled")))

    assert 1 == world.count(Rest)
    assert ("cancelled", None) == world.result


def test_inline_its_steps_are_done_by_the_run_itself() -> None:
    world = run_of(INLINE, outputs={"x": "${{ child }}"})

    assert (["child.pay"], [{"n": 5}]) == (world.calls, world.params)
    assert world.end is not None
    assert {"x": {"paid": {}, "in": "EUR"}} == world.end.outputs


def test_inline_its_steps_are_others_in_every_call() -> None:
    """A server that knows a request by its key must not take the second payment for the first."""
    world = run_of(INLINE, {"id": "loop", "for_each": [1], "do": [{**INLINE, "id": "again"}]})

    assert ["child.pay", "loop[0].again.pay"] == world.calls


def test_inline_it_has_names_of_its_own() -> None:
    called = document_of([{"set": {"x": 2}}, {"return": {"y": "${{ x }}"}}], name="own")
    steps = [{"set": {"x": 1}}, {"id": "child", "call": "own", "inline": True}]
    world = World(plan_of(steps, {"own": called}, outputs={"x": "${{ x }}", "y": "${{ child.y }}"}))

    world.run()

    assert world.end is not None
    assert {"x": 1, "y": 2} == world.end.outputs


def test_inline_an_output_that_cannot_be_told_waits_for_a_person() -> None:
    called = document_of(
        [{"if": False, "then": [{"id": "a", "set": {"x": 1}}]}], name="own", outputs={"x": "${{ a.x }}"}
    )
    steps = [{"id": "child", "call": "own", "inline": True, "timeout": "1h"}]
    world = World(plan_of(steps, {"own": called}, on_failure="park"), passes=False)
    world.run()
    world.run(Answered(world.last(StepParked).number, "retry", "anna"))

    world.run(Answered(world.last(StepParked).number, "skip", "anna"))

    assert 2 == world.count(StepParked)
    assert ("completed", None) == world.result


def test_inline_an_error_leaves_it() -> None:
    world = World(
        plan_of([{"try": [INLINE], "catch": [{"do": [{"return": None}]}]}], {"pay": PAY}), lambda _call: raised()
    )

    world.run()

    assert ("completed", None) == world.result
    assert 1 == world.count(CallNode)
