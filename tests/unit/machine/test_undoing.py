"""What a run has done is made undone when it does not succeed."""

from __future__ import annotations

from typing import Any

from tests.support.machine import World, plan_of, raised
from workflows.events import Answered, CancelRequested, HandedOn, NodeDone, NodeFailed, RestRequested
from workflows.protocol import CallNode, StepParked

Steps = list[dict[str, Any]]
BAD = {"id": "bad", "do": "test.flaky", "retry": {"delays": []}}


def book(name: str, **more: Any) -> dict[str, Any]:
    """A step that can be made undone."""
    undo = {"id": f"un{name}", "do": "test.read", "with": {"was": f"${{{{ {name} }}}}"}, "retry": {"delays": []}}
    return {"id": name, "do": "test.write", "retry": {"delays": []}, "undo": [undo], **more}


def answer(call: CallNode) -> Any:
    return raised() if call.step.id == "bad" else call.place


def ran(steps: Steps, **fields: Any) -> World:
    world = World(plan_of(steps, **fields), answer)
    world.run()
    return world


def test_the_last_step_is_undone_first() -> None:
    world = ran([book("a"), book("b"), BAD])

    assert ["a", "b", "bad", "b.undo.unb", "a.undo.una"] == world.calls
    assert ("failed", "BrokenError") == world.result


def test_each_undo_sees_what_its_step_gave() -> None:
    world = ran([{"set": {"x": 1}}, book("a"), BAD])

    assert {"was": "a"} == world.params[-1]


def test_after_success_nothing_is_undone() -> None:
    world = ran([book("a"), book("b")])

    assert ["a", "b"] == world.calls


def test_what_has_failed_itself_is_not_undone() -> None:
    world = ran([book("a"), book("bad", do="test.flaky")])

    assert ["a", "bad", "a.undo.una"] == world.calls


def test_every_round_is_undone_with_its_own_names() -> None:
    undo = {"do": "test.read", "with": {"was": "${{ item }}"}}
    rounds = {"id": "loop", "for_each": [1, 2], "do": [{"id": "a", "do": "test.write", "undo": [undo]}]}

    world = ran([rounds, BAD])

    assert ["loop[0].a", "loop[1].a", "bad", "loop[1].a.undo.a.undo.1", "loop[0].a.undo.a.undo.1"] == world.calls
    assert [{"was": 2}, {"was": 1}] == world.params[-2:]


def test_what_branches_did_is_undone_too() -> None:
    world = ran([{"parallel": {"left": [book("a")], "right": [book("b")]}}, BAD])

    assert {"main.1.left.a.undo.una", "main.1.right.b.undo.unb"} == set(world.calls[-2:])


def test_an_error_that_is_caught_undoes_nothing() -> None:
    world = ran([book("a"), {"try": [BAD], "catch": [{"do": [book("b")]}]}])

    assert ["a", "bad", "b"] == world.calls
    assert ("completed", None) == world.result


def test_an_undo_that_fails_does_not_keep_others_from_being_done() -> None:
    world = World(plan_of([book("a"), book("b"), BAD]), lambda call: raised() if call.step.id in ("bad", "unb") else {})

    world.run()

    assert ["b.undo.unb", "a.undo.una"] == world.calls[-2:]
    assert ("failed", "BrokenError") == world.result
    assert world.end is not None
    assert world.end.error is not None
    assert "bad" == world.end.error.step


def test_an_undo_that_fails_waits_for_a_person_where_steps_do() -> None:
    world = World(plan_of([book("a"), {"throw": "no"}], on_failure="park"), lambda _call: None, passes=False)
    world.run()
    world.run(NodeDone(world.last(CallNode).number, {}))
    world.run(NodeFailed(world.last(CallNode).number, raised()))
    parked = world.last(StepParked)

    world.run(Answered(parked.number, "retry", "anna"))
    world.run(NodeDone(world.last(CallNode).number, {}))

    assert "a.undo.una" == parked.place
    assert ["a", "a.undo.una", "a.undo.una"] == world.calls
    assert ("failed", "BusinessError") == world.result


def test_a_cancelled_run_undoes_what_it_did() -> None:
    world = World(plan_of([book("a"), {"id": "slow", "do": "test.read"}]), lambda c: None if c.place == "slow" else {})
    world.run()

    world.run(CancelRequested())

    assert ["a", "slow", "a.undo.una"] == world.calls
    assert ("cancelled", None) == world.result


def test_an_abort_undoes_what_was_done() -> None:
    world = World(plan_of([book("a"), BAD], on_failure="park"), answer, passes=False)
    world.run()

    world.run(Answered(world.last(StepParked).number, "abort", "anna"))

    assert ["a", "bad", "a.undo.una"] == world.calls
    assert ("failed", "BrokenError") == world.result


def test_a_run_that_is_cancelled_while_it_undoes_goes_on_with_that() -> None:
    world = World(
        plan_of([book("a"), book("b"), BAD]), lambda c: None if c.step.id == "unb" else answer(c), passes=False
    )
    world.run()

    world.run(CancelRequested())
    world.run(NodeDone(world.last(CallNode).number, {}))

    assert ["b.undo.unb", "a.undo.una"] == world.calls[-2:]
    assert ("failed", "BrokenError") == world.result


def test_nobody_is_waited_for_once_a_run_is_cancelled() -> None:
    world = World(plan_of([book("a"), {"throw": "no"}], on_failure="park"), lambda _call: None, passes=False)
    world.run()
    world.run(NodeDone(world.last(CallNode).number, {}))
    world.run(NodeFailed(world.last(CallNode).number, raised()))

    world.run(CancelRequested())

    assert ("failed", "BusinessError") == world.result


def test_undoing_goes_on_in_the_next_execution() -> None:
    world = World(plan_of([book("a"), book("b"), BAD]), lambda c: None if c.step.id == "unb" else answer(c))
    world.run()
    world.run(RestRequested())
    world.run(NodeDone(world.last(CallNode).number, {}))

    world.run(HandedOn())

    assert ["b.undo.unb", "a.undo.una"] == world.calls[-2:]
    assert ("failed", "BrokenError") == world.result


def test_what_a_session_step_did_is_undone_in_the_sessions_of_the_run() -> None:
    undo = {"id": "un", "do": "page.click"}
    steps: Steps = [{"session": {}, "do": [{"id": "a", "do": "page.click", "undo": [undo]}]}, BAD]

    world = ran(steps)

    used = [call.session.id for call in world.commands if isinstance(call, CallNode) and call.session]
    assert 2 == len(set(used))
    assert ("failed", "BrokenError") == world.result
