"""How runs wait for people and for events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.machine import World, plan_of
from workflows.asking import MOST_MAIL, check_decision
from workflows.errors import AnswerRefusedError
from workflows.events import Decided, EventCame
from workflows.plan import ApprovePlan
from workflows.protocol import StartTimer, StepAsks

LATE = [{"id": "late", "set": {"x": 1}}]
FORM = {"amount": {"type": "number", "minimum": 0}, "reason": {"type": "string", "default": "none"}}


def asking(step: dict[str, Any], **fields: Any) -> World:
    world = World(plan_of([{"id": "ask", **step}], outputs={"it": "${{ ask }}"}, **fields), passes=False)
    world.run()
    return world


def answered(world: World, **facts: Any) -> Any:
    given: dict[str, Any] = {"approved": True, "by": "anna", **facts}
    world.run(Decided(world.last(StepAsks).number, **given))
    return output_of(world)


def output_of(world: World) -> Any:
    assert world.end is not None
    return world.end.outputs["it"]


def test_a_person_is_asked_with_the_values_of_the_run() -> None:
    world = asking({"approve": "Pay ${{ 2 * 21 }}?"})

    assert "Pay 42?" == world.last(StepAsks).question


def test_the_answer_is_the_output() -> None:
    world = asking({"approve": "Pay?", "form": FORM})

    expected = {
        "approved": True,
        "expired": False,
        "by": "anna",
        "at": "2027-01-15T08:00:00+00:00",
        "note": "fine",
        "form": {"amount": 7, "reason": "none"},
    }
    assert expected == answered(world, note="fine", form={"amount": 7})


def test_a_second_answer_changes_nothing() -> None:
    world = asking({"approve": "Pay?"})
    first = answered(world, approved=False)

    assert first == answered(world, approved=True)
    assert first["approved"] is False


@dataclass(frozen=True)
class Refusal:
    id: str
    said: str
    by: tuple[str, ...] = ()
    person: str = "anna"
    approved: bool = True
    form: dict[str, Any] = field(default_factory=lambda: {"amount": 1})


REFUSALS = [
    Refusal("others were asked", "it is for bob, eve", by=("bob", "eve")),
    Refusal("nobody approves what they have started", "has started the run and cannot approve it", person="starter"),
    Refusal("the form must be filled in", "amount", form={}),
    Refusal("with values that fit", "-1 is less than 0", form={"amount": -1}),
    Refusal("also by those who refuse", "-1 is less than 0", approved=False, form={"amount": -1}),
]


def approval(by: tuple[str, ...]) -> ApprovePlan:
    (step,) = plan_of([{"approve": "Pay?", "form": FORM, "by": list(by)}]).blocks[0]
    assert isinstance(step, ApprovePlan)
    return step


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case.id)
def test_an_answer_that_does_not_fit_is_refused(case: Refusal) -> None:
    decided = Decided(1, case.approved, case.person, form=case.form)

    with pytest.raises(AnswerRefusedError, match=case.said):
        check_decision(approval(case.by), decided, starter="starter")


@pytest.mark.parametrize(
    ("by", "decided"),
    [
        ((), Decided(1, approved=True, by="anna", form={"amount": 1})),
        ((), Decided(1, approved=False, by="anna")),
        (("starter",), Decided(1, approved=True, by="starter", form={"amount": 1})),
    ],
    ids=["by anyone else", "a refusal needs no form", "who is named may approve what they have started"],
)
def test_an_answer_that_fits_is_taken(by: tuple[str, ...], decided: Decided) -> None:
    check_decision(approval(by), decided, starter="starter")


def test_a_question_nobody_answers_fails_its_step() -> None:
    world = asking({"approve": "Pay?", "expires": "3d"})

    world.later(3 * 86_400)

    assert ("failed", "ApprovalExpiredError") == world.result


def test_or_does_what_is_written_for_that() -> None:
    world = asking({"approve": "Pay?", "expires": "3d", "on_expiry": LATE})

    world.later(3 * 86_400)

    assert (False, True, None) == tuple(output_of(world)[key] for key in ("approved", "expired", "by"))
    assert {"x": 1} == world.state.fibers[0].scope.names["late"]


def test_an_answer_in_time_calls_the_expiry_off() -> None:
    world = asking({"approve": "Pay?", "expires": "3d"})
    answered(world)

    assert not [command for command in world.open.values() if isinstance(command, StartTimer)]


def test_an_error_in_what_is_done_then_is_the_steps() -> None:
    world = asking({"approve": "Pay?", "expires": "3d", "on_expiry": [{"throw": "late"}]})

    world.later(3 * 86_400)

    assert ("failed", "BusinessError") == world.result


def test_an_event_is_the_output() -> None:
    world = asking({"receive": "paid", "key": "${{ 40 + 2 }}"})
    world.run(EventCame("paid", "41", {"n": 41}))
    world.run(EventCame("shipped", "42", {}))
    before = world.end

    world.now += 5
    world.run(EventCame("paid", "42", {"n": 42}))

    expected = {"event": "paid", "key": "42", "data": {"n": 42}, "at": "2027-01-15T08:00:05+00:00", "expired": False}
    assert before is None
    assert world.end is not None
    assert {"it": expected} == world.end.outputs


def test_an_event_that_came_early_is_taken_once() -> None:
    steps = [{"approve": "Go on?"}, {"id": "a", "receive": "paid"}, {"id": "b", "receive": "paid", "expires": "1h"}]
    world = World(plan_of(steps), passes=False)
    world.run()
    world.run(EventCame("paid", None, 1))
    world.run(Decided(world.last(StepAsks).number, approved=True, by="anna"))
    names: Any = world.state.fibers[0].scope.names
    world.later(3600)

    assert 1 == names["a"]["data"]
    assert "b" not in names
    assert ("failed", "EventExpiredError") == world.result


def test_without_a_key_any_event_of_the_name_will_do() -> None:
    world = asking({"receive": "paid", "expires": "1h"})

    world.run(EventCame("paid", "42", None))

    assert ("completed", None) == world.result


def test_what_is_done_when_no_event_came() -> None:
    world = asking({"receive": "paid", "expires": "${{ 60 }}", "on_expiry": LATE})

    world.later(60)

    assert output_of(world)["expired"] is True


def test_who_waited_longest_gets_an_event() -> None:
    branches = {"left": [{"wait": "1s"}, {"id": "a", "receive": "paid"}], "right": [{"id": "b", "receive": "paid"}]}
    world = World(plan_of([{"id": "both", "parallel": branches}], outputs={"x": "${{ both }}"}), passes=False)
    world.run()
    world.later(1)

    world.run(EventCame("paid", None, "first"))
    world.run(EventCame("paid", None, "second"))

    assert world.end is not None
    both: Any = world.end.outputs["x"]
    assert ("second", "first") == (both["left"]["a"]["data"], both["right"]["b"]["data"])


def test_of_the_events_nobody_waits_for_the_latest_are_kept() -> None:
    world = asking({"approve": "Go on?"})

    for number in range(MOST_MAIL + 1):
        world.tell(EventCame("paid", str(number), None))

    assert ("1", MOST_MAIL) == (world.state.mail[0].key, len(world.state.mail))
