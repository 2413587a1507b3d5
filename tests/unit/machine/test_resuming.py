"""A new run goes on where another one was: what was done stays done, what may have happened waits for a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.support.machine import Answer, World, plan_of, raised, vanished
from workflows.events import Answered, HandedOn
from workflows.frames import BlockFrame, ChildFrame, ParkFrame, Scope, Stack
from workflows.moments import Occurrence, find, first_of, occurrences, seen_until, stopped_at
from workflows.protocol import CallNode
from workflows.resuming import Doubt, Resumed, Successor, doubt_of, repeated, resumed, undone
from workflows.saved import dump, load
from workflows.state import Fiber, State

LOOP = [
    {"id": "open", "do": "test.write"},
    {"id": "all", "for_each": [1, 2, 3], "as": "n", "do": [{"id": "pay", "do": "test.pay", "with": {"n": "${{ n }}"}}]},
    {"id": "close", "do": "test.write"},
]
LATER = 5000.0


def failing(place: str, outcome: Any = None) -> Answer:
    """A world in which one step fails; no answer leaves it under way."""
    return lambda call: (outcome or raised("business")) if call.place == place else {"n": call.params.get("n")}


def ran(steps: list[Any], answer: Answer, event: Callable[[World], object] | None = None, **fields: Any) -> World:
    """A run that has ended, or stands still."""
    world = World(plan_of(steps, **fields), answer=answer)
    world.run()
    if event is not None:
        event(world)
    return world


def begun(world: World, state: State, doubt: Doubt | None = None, seed: str = "seed") -> Resumed:
    """What a new run begins with, as it travels."""
    successor = Successor("test/2", seed, world.now + LATER, world.state.last_number)
    fresh = resumed(world.plan, state, successor, doubt=doubt)
    return Resumed(load(dump(fresh.state)), fresh.doubts)


def going_on(world: World, fresh: Resumed, answer: Answer = lambda call: {"n": call.params.get("n")}) -> World:
    """The new run, with a world in which all goes well."""
    new = World(world.plan, answer=answer, now=world.now + LATER)
    new.state = fresh.state
    new.run(HandedOn())
    return new


def stopped(world: World) -> Occurrence:
    """The step the run ended with."""
    found = stopped_at(world.told)
    assert found is not None
    return found


def left(world: World) -> Resumed:
    """What the retry of a run begins with."""
    step = stopped(world)
    assert step.left is not None
    return begun(world, step.left, doubt_of(step))


def test_what_was_done_stays_done() -> None:
    old = ran(LOOP, failing("all[1].pay"), outputs={"all": "${{ all.results }}"})

    new = going_on(old, left(old))

    assert ["open", "all[0].pay", "all[1].pay"] == old.calls
    assert ["all[1].pay", "all[2].pay", "close"] == new.calls
    assert new.end is not None
    assert {"all": [{"pay": {"n": 1}}, {"pay": {"n": 2}}, {"pay": {"n": 3}}]} == new.end.outputs


def test_a_new_run_is_known_by_its_own_name_and_time() -> None:
    old = ran(LOOP, failing("all[1].pay"))

    state = left(old).state

    assert ("test/2", "seed", old.now + LATER, False) == (state.run, state.seed, state.started, state.finished)


def test_a_step_fails_inside_of_others_and_goes_on_inside_of_them() -> None:
    inner = [{"id": "a", "do": "test.read"}, {"id": "b", "do": "test.read"}]
    steps = [{"try": [{"if": True, "then": inner}], "finally": [{"id": "f", "do": "test.read"}]}]
    old = ran(steps, failing("b"))

    new = going_on(old, left(old))

    assert (["a", "b", "f"], ["b", "f"]) == (old.calls, new.calls)


def test_an_error_that_the_document_answered_is_not_where_the_run_stopped() -> None:
    steps = [
        {"try": [{"id": "a", "do": "test.read"}], "catch": [{"do": [{"id": "b", "do": "test.read"}]}]},
        {"id": "c", "throw": "odd"},
    ]
    old = ran(steps, failing("a"))

    assert "c" == stopped(old).place


def test_a_session_is_had_again() -> None:
    old = ran([{"do": "page.open"}, {"id": "b", "do": "page.read"}], failing("b"))

    new = going_on(old, left(old))

    assert (1, "completed") == (new.opened, new.end and new.end.status)


def test_a_step_whose_outcome_nobody_knows_waits_for_a_person() -> None:
    old = ran(LOOP, failing("all[1].pay", vanished()))

    fresh = left(old)
    new = going_on(old, fresh)

    assert ("all[1].pay",) == fresh.doubts
    assert [] == new.calls
    new.run(Answered(_parked(new), "skip", "ann"))
    assert ["all[2].pay", "close"] == new.calls


def test_a_step_that_was_called_off_may_have_happened() -> None:
    old = ran(LOOP, lambda call: None if call.place == "all[1].pay" else {}, World.cancel)

    fresh = left(old)

    assert ("all[1].pay",) == fresh.doubts
    assert [] == going_on(old, fresh).calls


def test_a_step_that_was_called_off_and_can_be_repeated_is_repeated() -> None:
    old = ran(LOOP, lambda call: None if call.place == "close" else {}, World.cancel)

    assert ["close"] == going_on(old, left(old)).calls


def test_what_was_under_way_when_a_run_was_ended_from_outside_waits_for_a_person() -> None:
    old = ran(LOOP, lambda call: None if call.place == "all[1].pay" else {})

    fresh = begun(old, old.state)

    assert ("all[1].pay",) == fresh.doubts


def test_what_can_be_repeated_is_made_again() -> None:
    old = ran(LOOP, lambda call: None if call.place == "close" else {})

    assert ["close"] == going_on(old, begun(old, old.state)).calls


def test_a_parked_step_begins_again_unless_nobody_knows_its_outcome() -> None:
    mendable = ran(LOOP, failing("all[1].pay", raised(acted=False)), on_failure="park")
    unknown = ran(LOOP, failing("all[1].pay", vanished()), on_failure="park")

    assert ["all[1].pay", "all[2].pay", "close"] == going_on(mendable, begun(mendable, mendable.state)).calls
    assert ("all[1].pay",) == begun(unknown, unknown.state).doubts


def test_branches_go_on_where_they_were() -> None:
    first = [{"id": "a1", "do": "test.read"}, {"id": "a2", "do": "test.read"}]
    steps = [{"parallel": {"a": first, "b": [{"id": "b1", "do": "test.read"}]}}]
    old = ran(steps, failing_id("a2"))

    new = going_on(old, left(old))

    assert ["a2"] == [call.step.id for call in new.commands if isinstance(call, CallNode)]
    assert "completed" == (new.end and new.end.status)


def failing_id(step: str) -> Answer:
    return lambda call: raised("business") if call.step.id == step else {}


def test_a_branch_that_was_in_the_middle_of_a_payment_waits_for_a_person() -> None:
    steps = [{"parallel": {"a": [{"id": "a1", "do": "test.read"}], "b": [{"id": "b1", "do": "test.pay"}]}}]
    old = ran(steps, lambda call: None if call.step.id == "b1" else raised("business"))

    fresh = left(old)

    assert 1 == len(fresh.doubts)
    assert fresh.doubts[0].endswith("b1")


def test_deadlines_do_not_count_the_time_in_between() -> None:
    steps = [{"if": True, "then": [{"id": "a", "do": "test.read"}, {"id": "b", "do": "test.read"}], "timeout": "1m"}]
    old = ran(steps, failing("b"))

    new = going_on(old, left(old))

    assert ("completed", ["b"]) == (new.end and new.end.status, new.calls)


def test_a_page_that_was_being_had_again_is_had_again_from_its_beginning() -> None:
    steps = [{"do": "page.open"}, {"id": "fill", "do": "page.fill"}, {"id": "last", "do": "page.read"}]
    lost = iter([vanished()])
    old = World(plan_of(steps))

    def answer(call: CallNode) -> Any:
        if call.place == "last":
            return next(lost, {})
        return None if old.calls.count("fill") > 1 else {}

    old.answer = answer
    old.run()

    new = going_on(old, begun(old, old.state))

    assert ["fill", "last"] == new.calls[-2:]


def test_steps_done_since_are_named() -> None:
    old = ran(LOOP, failing("close"))
    first = find(old.told, "all[0].pay")
    assert first is not None

    again = repeated(occurrences(old.told), since=first.began)

    assert ("all[0].pay", "all[1].pay", "all[2].pay") == again
    assert () == repeated(occurrences(old.told), since=stopped(old).over)


def test_a_run_can_go_on_from_any_step() -> None:
    old = ran(LOOP, failing("close"))
    second = find(old.told, "all[1].pay")
    assert second is not None

    assert ["all[1].pay", "all[2].pay", "close"] == going_on(old, begun(old, second.before)).calls


def test_a_run_can_go_on_from_its_beginning() -> None:
    old = ran(LOOP, failing("close"))
    first = first_of(old.told)
    assert first is not None

    assert ("open", old.calls) == (first.place, going_on(old, begun(old, first.before)).calls)
    assert first_of(old.told[-1:]) is None


def test_what_is_seen_of_a_run_is_seen_as_of_a_step() -> None:
    old = ran(LOOP, failing("all[1].pay"))
    second = find(old.told, "all[1].pay")
    assert second is not None

    before = seen_until(old.told, second, left=False, before=None)
    after = seen_until(old.told, second, left=True, before=None)

    assert ["done", "running", "done", "pending"] == [step.status for step in before.steps]
    assert ["done", "running", "running", "pending"] == [step.status for step in after.steps]


def test_a_corrected_document_is_seen_from_then_on() -> None:
    old = ran(LOOP, failing("all[1].pay"))
    corrected = plan_of([*LOOP, {"id": "more", "do": "test.read"}])
    told = [old.told[0], *(replace(each, plan=corrected) for each in old.told[1:])]

    seen = seen_until(told, stopped(old), left=True, before=None)

    assert ["open", "all", "pay", "close", "more"] == [step.id for step in seen.steps]


def test_a_run_that_makes_undone_what_it_did_says_so() -> None:
    pay = {"id": "a", "do": "test.pay", "undo": [{"id": "back", "do": "test.write"}]}
    steps = [pay, {"id": "b", "do": "test.read"}]
    old = ran(steps, failing("b"))

    assert [True] == [any(undone(each.before) for each in old.told)]
    assert not undone(old.told[0].before)


def test_a_called_run_that_was_under_way_waits_for_a_person() -> None:
    old = ran(LOOP, failing("open"))
    calling = Stack(ChildFrame(5, "test/1/open"), Stack(BlockFrame(0)))
    state = replace(old.state, fibers={0: Fiber(Scope({}), calling)})

    assert ("open",) == begun(old, state).doubts


def _parked(world: World) -> int:
    top = world.state.fibers[0].stack
    assert top is not None
    assert isinstance(top.top, ParkFrame)
    return top.top.number
