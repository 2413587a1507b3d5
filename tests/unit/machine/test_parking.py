"""A step that has failed for good waits for a person, who says how it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.machine import World, document_of, plan_of, raised, vanished
from workflows.answering import MOST_ANSWERS, check_answer
from workflows.errors import AnswerRefusedError, InvalidInputError
from workflows.events import Answered, CancelRequested, HandedOn, RestRequested, SessionLost
from workflows.plan import Plan
from workflows.protocol import Action, CallNode, CloseSession, KeepSession, OpenSession, Rest, StepParked

NO_RETRY: dict[str, Any] = {"retry": {"delays": []}}


def does(name: str, node: str = "test.read", **more: Any) -> dict[str, Any]:
    return {"id": name, "do": node, **NO_RETRY, **more}


class Broken:
    """Fails the steps of these names until they are mended."""

    def __init__(self, *names: str, outcome: Any = None) -> None:
        self.names = set(names)
        self.outcome = outcome or raised()

    def __call__(self, call: CallNode) -> Any:
        return self.outcome if call.step.id in self.names else {"did": call.place}


def parked(steps: list[Any], answer: Any = None, called: Any = None, **fields: Any) -> World:
    """A run that has parked."""
    world = World(plan_of(steps, called, on_failure="park", **fields), answer or Broken("bad"), passes=False)
    world.run()
    assert world.count(StepParked)
    return world


def say(world: World, action: Action, **facts: Any) -> None:
    answer = world.answer
    if isinstance(answer, Broken):
        answer.names.clear()
    world.run(Answered(world.last(StepParked).number, action, "anna", **facts))


LOOP = {"id": "loop", "for_each": [1, 2], "do": [does("a"), does("bad", "test.flaky"), does("z")]}


@dataclass(frozen=True)
class Case:
    id: str
    steps: list[Any]
    action: Action
    calls: list[str]
    facts: dict[str, Any] = field(default_factory=dict)
    result: tuple[str, str | None] = ("completed", None)
    outputs: dict[str, Any] = field(default_factory=dict)
    gives: dict[str, Any] = field(default_factory=dict)


CASES = [
    Case("retry", [does("a"), does("bad"), does("z")], "retry", ["a", "bad", "bad", "z"]),
    Case("skip", [does("a"), does("bad"), does("z")], "skip", ["a", "bad", "z"]),
    Case(
        "set-output",
        [does("bad"), does("z")],
        "set-output",
        ["bad", "z"],
        {"output": {"n": 7}},
        outputs={"x": "${{ bad.n }}"},
        gives={"x": 7},
    ),
    Case("goto", [does("a"), does("b"), does("bad")], "goto", ["a", "b", "bad", "a", "b", "bad"], {"goto": "a"}),
    Case("goto itself", [does("a"), does("bad")], "goto", ["a", "bad", "bad"], {"goto": "bad"}),
    Case(
        "goto out of a loop",
        [does("first"), LOOP],
        "goto",
        [
            "first",
            "loop[0].a",
            "loop[0].bad",
            "first",
            *[f"loop[{n}].{step}" for n in (0, 1) for step in ("a", "bad", "z")],
        ],
        {"goto": "first"},
    ),
    Case(
        "goto out of a try, whose finally is done",
        [does("first"), {"try": [does("bad")], "finally": [does("f")]}],
        "goto",
        ["first", "bad", "f", "first", "bad", "f"],
        {"goto": "first"},
    ),
    Case("abort", [does("a"), does("bad"), does("z")], "abort", ["a", "bad"], result=("failed", "BrokenError")),
    Case(
        "abort is not caught, but finally is done",
        [{"try": [does("bad")], "catch": [{"on": "OddError", "do": [does("c")]}], "finally": [does("f")]}],
        "abort",
        ["bad", "f"],
        result=("failed", "BrokenError"),
    ),
    Case(
        "retry with inputs",
        [does("bad") | {"with": {"n": "${{ inputs.n }}"}}],
        "retry",
        ["bad", "bad"],
        {"inputs": {"n": 2}},
        outputs={"n": "${{ inputs.n }}"},
        gives={"n": 2},
    ),
    Case(
        "skip a round's step in a session",
        [{"id": "s", "session": {}, "do": [does("bad"), does("b")]}, does("z")],
        "skip",
        ["bad", "b", "z"],
    ),
]
INPUTS = {"n": {"type": "integer", "default": 1}}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_parked_step_goes_on_as_a_person_says(case: Case) -> None:
    world = parked(case.steps, outputs=case.outputs, inputs=INPUTS)

    say(world, case.action, **case.facts)

    assert case.calls == world.calls
    assert case.result == world.result
    assert world.end is not None
    assert case.gives == world.end.outputs


ENDLESS = {"id": "endless", "while": True, "limit": 2, "do": [does("a")], "timeout": "1h"}
INLINE = {"id": "inline", "call": "own", "inline": True, "timeout": "1h"}
OWN = {
    "own": document_of([{"if": False, "then": [{"id": "n", "set": {"x": 1}}]}], name="own", outputs={"x": "${{ n }}"})
}


@pytest.mark.parametrize("step", [ENDLESS, INLINE], ids=["a loop", "a document"])
@pytest.mark.parametrize(
    ("action", "outcome"), [("skip", "completed"), ("set-output", "completed"), ("abort", "failed")]
)
def test_a_step_that_fails_at_its_own_end_is_answered_as_a_whole(
    step: dict[str, Any], action: Action, outcome: str
) -> None:
    world = parked([step, does("z")], called=OWN)

    say(world, action)

    assert world.end is not None
    assert outcome == world.end.status


def test_a_loop_that_is_retried_at_its_end_looks_again() -> None:
    world = parked([ENDLESS])

    say(world, "retry")

    assert 2 == world.count(StepParked)


def test_outputs_that_cannot_be_told_wait_for_a_person() -> None:
    steps = [{"if": False, "then": [{"id": "n", "set": {"x": 1}}]}]
    world = parked(steps, outputs={"x": "${{ n.x }}"})
    place = world.last(StepParked).place
    say(world, "retry")

    say(world, "abort")

    assert ("outputs", 2) == (place, world.count(StepParked))
    assert ("failed", "ExpressionError") == world.result


@dataclass(frozen=True)
class Refused:
    id: str
    said: str
    action: Action = "retry"
    facts: dict[str, Any] = field(default_factory=dict)
    number: int | None = None


REFUSED = [
    Refused("nothing waits for it", "is not parked any more", number=99),
    Refused(
        "no earlier step", "'z' is no earlier step at this place; the run can go back to a, bad", "goto", {"goto": "z"}
    ),
]


def refusal(plan: Plan, world: World, case: Refused) -> str:
    answered = Answered(case.number or world.last(StepParked).number, case.action, "anna", **case.facts)
    with pytest.raises(AnswerRefusedError) as refused:
        check_answer(plan, world.state, answered)
    return refused.value.message


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.id)
def test_what_cannot_be_done_is_refused(case: Refused) -> None:
    world = parked([does("a"), does("bad"), does("z")])

    assert case.said in refusal(world.plan, world, case)


def test_inputs_the_run_does_not_take_are_refused() -> None:
    world = parked([does("bad")], inputs=INPUTS)

    with pytest.raises(InvalidInputError):
        check_answer(
            world.plan, world.state, Answered(world.last(StepParked).number, "retry", "anna", inputs={"n": "x"})
        )


@pytest.mark.parametrize("action", ["skip", "set-output", "goto"])
def test_missing_outputs_cannot_be_skipped(action: Action) -> None:
    world = parked([{"if": False, "then": [{"id": "n", "set": {"x": 1}}]}], outputs={"x": "${{ n.x }}"})

    assert "only the outputs are missing" in refusal(world.plan, world, Refused("", "", action))


def test_what_fits_is_not_refused() -> None:
    world = parked([does("a"), does("bad")], inputs=INPUTS)

    check_answer(
        world.plan, world.state, Answered(world.last(StepParked).number, "goto", "anna", goto="a", inputs={"n": 3})
    )


def test_attempts_are_counted_on_after_a_retry() -> None:
    world = World(
        plan_of([{"id": "bad", "do": "test.read", "retry": {"delays": ["1s"], "jitter": 0}}], on_failure="park"),
        Broken("bad"),
        passes=False,
    )
    world.run()
    world.later(1)
    say(world, "retry")

    attempts = [call.attempt for call in world.commands if isinstance(call, CallNode)]
    assert [1, 2, 3] == attempts


def test_a_run_remembers_the_latest_decisions() -> None:
    world = parked([does("bad")])
    for number in range(MOST_ANSWERS + 2):
        world.run(Answered(world.last(StepParked).number, "retry", f"p{number}", note="again"))

    first = world.state.answers[0]
    assert (MOST_ANSWERS, "p2", "bad", "again") == (len(world.state.answers), first.by, first.place, first.note)


@pytest.mark.parametrize(
    ("action", "calls"),
    [("retry", ["bad", "bad", "next"]), ("skip", ["bad", "next"])],
    ids=["nothing has happened", "it has happened"],
)
def test_a_step_in_doubt_waits_for_somebody_who_knows(action: Action, calls: list[str]) -> None:
    outcome = vanished(robot_lost=False)
    world = parked([does("bad", "page.click"), does("next", "page.read")], Broken("bad", outcome=outcome))
    error = world.last(StepParked).error

    say(world, action)

    assert "unknown-outcome" == error.kind
    assert (calls, ("completed", None)) == (world.calls, world.result)


def test_a_step_in_doubt_whose_robot_is_lost_goes_on_in_a_new_session_once_somebody_knows() -> None:
    world = parked([does("bad", "page.click"), does("next", "page.read")], Broken("bad", outcome=vanished()))

    say(world, "retry")

    assert ["bad", "bad", "next"] == world.calls
    assert ("completed", None) == world.result


def test_a_session_is_held_for_a_while_given_back_and_had_again() -> None:
    world = World(
        plan_of([does("bad", "page.read")], on_failure="park", park={"hold": "10m"}),
        Broken("bad"),
        passes=False,
        keep=False,
    )
    world.run()
    world.later(599)
    held = world.count(CloseSession)
    world.later(1)
    given_back = world.count(CloseSession)

    say(world, "retry")

    assert (0, 1, 2) == (held, given_back, world.count(OpenSession))
    assert ("completed", None) == world.result


def test_an_answer_in_time_finds_the_same_session() -> None:
    world = parked([does("bad", "page.read")])

    say(world, "retry")

    assert 1 == world.count(OpenSession)


def test_a_session_that_is_lost_meanwhile_is_not_given_back() -> None:
    world = World(
        plan_of([does("bad", "page.read")], on_failure="park", park={"hold": "10m"}),
        Broken("bad"),
        passes=False,
        keep=False,
    )
    world.run()
    world.tell(SessionLost("s1"))

    world.later(600)

    assert 0 == world.count(CloseSession)


def test_sessions_of_others_are_not_given_back() -> None:
    branches = {"left": [does("b", "page.read"), does("c", "test.hang")], "right": [does("bad", "page.read")]}
    world = World(
        plan_of([{"parallel": branches}], on_failure="park", park={"hold": "10m"}),
        lambda call: None if call.step.id == "c" else Broken("bad")(call),
        passes=False,
        keep=False,
    )
    world.run()

    world.later(600)

    assert 1 == world.count(CloseSession)


def test_a_parked_run_is_handed_on_with_its_session_and_its_clock() -> None:
    world = parked([does("bad", "page.read")])
    world.run(RestRequested())
    world.run(HandedOn())
    kept = world.count(KeepSession)

    say(world, "retry")

    assert (1, 1) == (kept, world.count(Rest))
    assert ("completed", None) == world.result


def test_a_plan_of_the_first_format_does_not_park() -> None:
    """Its runs were promised to fail."""
    plan = plan_of([does("bad")], on_failure="park").model_copy(update={"format": 1})
    world = World(plan, Broken("bad"))

    world.run()

    assert ("failed", "BrokenError") == world.result


def test_cancelling_a_run_of_the_first_format_starts_no_clock() -> None:
    plan = plan_of([does("a")]).model_copy(update={"format": 1})
    world = World(plan, lambda _call: None)
    world.run()

    world.run(CancelRequested())

    assert [] == world.timers
    assert ("cancelled", None) == world.result
