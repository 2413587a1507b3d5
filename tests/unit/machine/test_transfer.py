"""Which corrected documents a run accepts, and what it says of those it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.machine import World, plan_of
from tests.unit.machine.test_park_matrix import BROKEN, MENDED, OTHER, Steps, answer, does, mend, parked
from workflows.errors import InvalidInputError, PatchRefusedError
from workflows.events import ChildEnded
from workflows.progress import Waiting
from workflows.protocol import CallNode, StartChild
from workflows.situation import situation_of

APPROVE = {"id": "ok", "approve": "Pay?", "expires": "1h"}
SUB = {"aether": 1, "name": "sub", "steps": [does("inner")], "outputs": {"n": "${{ inner.n }}"}}
CALL = {"id": "child", "call": "sub.yaml"}


def refused(old: Steps, new: Steps, *, action: str = "retry", called: dict[str, Any] | None = None) -> str:
    """Why a run that has parked in the old document refuses the new one."""
    world = World(plan_of(old, called, on_failure="park"), answer)
    world.run()
    with pytest.raises(PatchRefusedError) as error:
        mend(world, plan_of(new, called, on_failure="park"), action)
    return error.value.message


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ([does("a"), BROKEN], [{"id": "a", "set": {"x": 1}}, MENDED], "it is 'set' instead of 'call'"),
        ([does("a", x=1), BROKEN], [does("a", x=True), MENDED], "its 'with.x' was 1 and is True"),
        ([does("a"), BROKEN], [does("a", more=1), MENDED], "its 'with.more' was absent and is 1"),
        ([does("a", l=[1, 2]), BROKEN], [does("a", l=[1, 3]), MENDED], "its 'with.l[1]' was 2 and is 3"),
        ([does("a", l=[1]), BROKEN], [does("a", l=[1, 2]), MENDED], "its 'with.l' was [1] and is [1, 2]"),
        ([does("a", t="x" * 90), BROKEN], [does("a", t="y"), MENDED], "xxx… and is 'y'"),
        ([does("a"), does("b"), BROKEN], [does("a")], "step 'b' has run, but it is missing in the new document"),
        (
            [{"if": True, "then": [does("a")], "else": [does("b")]}, BROKEN],
            [{"if": True, "then": [does("a", x=1)], "else": [does("b")]}, MENDED],
            "its 'if True[0].with.x' was absent and is 1",
        ),
        (
            [{"switch": 1, "cases": [{"when": 1, "do": [does("a")]}]}, BROKEN],
            [{"switch": 1, "cases": [{"when": 1, "do": [does("b")]}]}, MENDED],
            "its 'case [1][0].id' was 'a' and is 'b'",
        ),
        (
            [{"while": False, "do": [does("a")]}, BROKEN],
            [{"while": False, "do": [does("b")]}, MENDED],
            "its 'steps[0].id' was 'a' and is 'b'",
        ),
        (
            [{"parallel": {"left": [does("a")]}}, BROKEN],
            [{"parallel": {"left": [does("b")]}}, MENDED],
            "its 'left[0].id' was 'a' and is 'b'",
        ),
        (
            [{"try": [does("a")], "catch": [{"do": [does("b")]}], "finally": [does("c")]}, BROKEN],
            [{"try": [does("a")], "catch": [{"do": [does("d")]}], "finally": [does("c")]}, MENDED],
            "its 'catch any as error[0].id' was 'b' and is 'd'",
        ),
        (
            [{"id": "l", "for_each": [1], "do": [does("a")]}, BROKEN],
            [{"id": "l", "for_each": [1], "do": [does("a")]}, does("z", n="${{ l.results }}")],
            "the results of its rounds are used, which were not kept",
        ),
        ([{"if": True, "then": [BROKEN]}], [{"if": "${{ 1 == 1 }}", "then": [MENDED]}], "its 'if[0]' was True"),
        ([{"if": False, "then": [OTHER], "else": [BROKEN]}], [{"if": False, "then": [OTHER]}], "has lost; put it back"),
        ([{"if": True, "then": [BROKEN]}], [does("other")], "but in its place there is 'other' in the new document"),
        ([does("a"), {"if": True, "then": [BROKEN]}], [does("a")], "in its place there is nothing"),
        (
            [{"try": [does("a")], "finally": [BROKEN]}],
            [{"try": [does("a")], "catch": [{"do": [MENDED]}]}],
            "the run is in a 'finally' of step 'main.1', which the new document has lost",
        ),
    ],
)  # fmt: skip
def test_what_has_run_must_be_written_as_before(old: Steps, new: Steps, words: str) -> None:
    assert words in refused(old, new)


@pytest.mark.parametrize("action", ["skip", "set-output"])
@pytest.mark.parametrize(
    ("new", "words"), [([OTHER, MENDED], "'other' stands there now"), ([does("a")], "not there any more")]
)
def test_what_is_said_of_a_step_is_not_done_to_another(action: str, new: Steps, words: str) -> None:
    old = [does("a"), BROKEN]

    assert words in refused(old, new if new[0]["id"] == "a" else [does("a"), *new], action=action)


def test_the_document_must_be_of_the_same_name() -> None:
    world = parked([BROKEN])

    with pytest.raises(PatchRefusedError, match="is named 'other', but the run is one of 'test'"):
        mend(world, plan_of([MENDED], on_failure="park", name="other"))


def test_a_robot_that_holds_the_session_cannot_be_asked_for_more() -> None:
    opened = {"id": "look", "do": "page.read"}
    world = parked([opened, BROKEN])

    with pytest.raises(PatchRefusedError, match="needs sap of its robot, but 'r1', which holds the run's session"):
        mend(world, plan_of([opened, MENDED], on_failure="park", needs=["sap"]))


def test_inputs_that_the_new_document_wants_must_be_given() -> None:
    world = parked([BROKEN])
    wanting = plan_of([MENDED], on_failure="park", inputs={"who": {"type": "string"}})

    with pytest.raises(InvalidInputError, match="'who'"):
        mend(world, wanting)

    end = mend(world, wanting, inputs={"who": "ada"})
    assert end is not None
    assert "completed" == end.status


def test_how_to_undo_what_has_run_must_be_said() -> None:
    booked = {**does("book"), "undo": [does("cancel")]}
    words = refused([booked, BROKEN], [does("book"), MENDED])

    assert "step 'book' has run and must be undone if the run fails" in words


def test_branches_that_have_ended_must_stay_as_they_were() -> None:
    def branches(left: dict[str, Any], right: dict[str, Any]) -> Steps:
        return [{"id": "p", "parallel": {"left": [left], "right": [right]}}]

    words = refused(branches(does("a"), BROKEN), branches(does("a", x=1), MENDED))

    assert "step 'a' has run, but in the new document its 'with.x' was absent and is 1" in words


def test_steps_that_are_under_way_in_another_branch_must_stay_as_they_are() -> None:
    def branches(slow: dict[str, Any], last: dict[str, Any]) -> Steps:
        return [{"id": "p", "parallel": {"left": [slow], "right": [last]}}]

    def patient(call: CallNode) -> Any:
        return None if call.params.get("n") == "slow" else answer(call)

    world = World(plan_of(branches(does("slow"), BROKEN), on_failure="park"), patient)
    world.run()

    with pytest.raises(PatchRefusedError, match="step 'slow' has run"):
        mend(world, plan_of(branches(does("slow", x=1), MENDED), on_failure="park"))
    mend(world, plan_of(branches(does("slow"), MENDED), on_failure="park"))

    assert ["node"] == [each.kind for each in _waits(world)]


def _waits(world: World) -> tuple[Waiting, ...]:
    return situation_of(world.plan, world.state)


def test_what_is_done_when_nobody_answers_can_be_corrected_but_not_taken_out() -> None:
    world = parked([{**APPROVE, "on_expiry": [BROKEN]}])

    with pytest.raises(PatchRefusedError, match="the run is inside of step 'ok', which the new document has lost"):
        mend(world, plan_of([APPROVE], on_failure="park"))
    end = mend(world, plan_of([{**APPROVE, "on_expiry": [MENDED]}], on_failure="park"))

    assert end is not None
    assert "completed" == end.status


def test_a_called_document_that_is_done_by_the_run_itself_can_be_corrected() -> None:
    inline = {**CALL, "inline": True}
    broken = {"sub.yaml": {**SUB, "steps": [does("inner"), BROKEN]}}
    world = World(plan_of([inline, does("z", n="${{ child.n }}")], broken, on_failure="park"), answer)
    world.run()

    end = mend(world, plan_of([inline, does("z", n="${{ child.n }}")], {"sub.yaml": SUB}, on_failure="park"))

    assert end is not None
    assert ("completed", ["child.inner", "child.mend", "z"]) == (end.status, world.calls)
    assert "inner" == world.params[-1]["n"]


def test_time_limits_and_retries_of_what_has_run_may_change() -> None:
    world = parked([{"timeout": "1h", "try": [does("a"), BROKEN], "finally": [does("f")]}])
    steps = [{"timeout": "2h", "try": [{**does("a"), "timeout": "9s"}, MENDED], "finally": [does("f")]}]

    end = mend(world, plan_of(steps, on_failure="park"))

    assert end is not None
    assert ("completed", ["a", "mend", "mend", "f"]) == (end.status, world.calls)


def test_a_child_that_has_run_may_not_become_another() -> None:
    other = {**SUB, "name": "other"}
    old = plan_of([CALL, BROKEN], {"sub.yaml": SUB}, on_failure="park")
    new = plan_of([CALL, MENDED], {"sub.yaml": other}, on_failure="park")
    world = World(old, answer)
    world.run()
    (started,) = [command for command in world.commands if isinstance(command, StartChild)]
    world.run(ChildEnded(started.number, {"n": 1}))

    with pytest.raises(PatchRefusedError, match="its 'call' was 'sub' and is 'other'"):
        mend(world, new)


def test_what_is_done_when_an_event_does_not_come_can_be_corrected() -> None:
    def steps(step: dict[str, Any]) -> Steps:
        return [{"id": "came", "receive": "paid", "expires": "1h", "on_expiry": [step]}, does("z")]

    world = parked(steps(BROKEN))

    end = mend(world, plan_of(steps(MENDED), on_failure="park"))

    assert end is not None
    assert ("completed", ["mend", "mend", "z"]) == (end.status, world.calls)


@pytest.mark.parametrize(
    "around",
    [
        lambda step: [{"session": {"needs": []}, "do": [step]}],
        lambda step: [{**APPROVE, "on_expiry": [step]}],
        lambda step: [{"for_each": [1, 2], "parallel": 2, "do": [step]}],
    ],
)
def test_blocks_that_have_ended_must_stay_as_they_were(around: Any) -> None:
    words = refused([*around(does("a")), BROKEN], [*around(does("a", x=1)), MENDED])

    assert "with.x' was absent and is 1" in words


def test_the_last_catch_may_be_lost_but_not_the_one_under_way() -> None:
    def steps(*catches: dict[str, Any]) -> Steps:
        return [{"try": [{"throw": "no"}], "catch": list(catches)}]

    first, second = {"on": "OddError", "do": [OTHER]}, {"on": "business", "as": "why", "do": [BROKEN]}

    assert "the run is in a 'catch' of step" in refused(steps(first, second), steps({**second, "as": "other"}))


def test_a_case_under_way_may_not_be_lost() -> None:
    def steps(*cases: Any, **rest: Any) -> Steps:
        return [{"switch": 2, "cases": [{"when": case, "do": [step]} for case, step in cases], **rest}]

    old = steps((1, OTHER), (2, BROKEN))

    assert "its 'cases' was [[1], [2]] and is [[1]]" in refused(old, steps((1, OTHER)))


def test_a_step_that_stands_where_it_stood_can_be_skipped_in_a_corrected_document() -> None:
    world = parked([BROKEN])

    end = mend(world, plan_of([BROKEN, OTHER], on_failure="park"), "skip")

    assert end is not None
    assert ("completed", ["mend", "other"]) == (end.status, world.calls)
