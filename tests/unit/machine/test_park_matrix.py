"""Parked steps go on with a corrected document: wherever they are, nothing that has run runs again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.machine import World, plan_of, raised
from workflows.answers import FixRequest
from workflows.errors import PatchRefusedError
from workflows.events import HandedOn, RestRequested
from workflows.plan import Plan
from workflows.protocol import CallNode, Finish
from workflows.requests import fixed
from workflows.saved import dump, load
from workflows.situation import situation_of

Steps = list[dict[str, Any]]
NO_RETRY: dict[str, Any] = {"retry": {"delays": []}}


def does(name: str, **params: Any) -> dict[str, Any]:
    """A step that calls a node."""
    return {"id": name, "do": "test.read", "with": {"n": name, **params}, **NO_RETRY}


BROKEN = does("mend", broken=True)
MENDED = does("mend")
OTHER = does("other")


@dataclass(frozen=True)
class Case:
    """Where the step that parks is, and what must have been called, in which place, how often."""

    around: Callable[[Steps], Steps]
    calls: dict[str, int]


def _loop(steps: Steps) -> Steps:
    return [{"id": "loop", "for_each": "${{ range(20) }}", "do": steps}]


CASES = {
    "at top level": Case(
        lambda bad: [does("a"), *bad, does("z")],
        {"a": 1, "mend": 2, "z": 1},
    ),
    "in a branch of if": Case(
        lambda bad: [{"if": True, "then": [does("a"), *bad]}, does("z")],
        {"a": 1, "mend": 2, "z": 1},
    ),
    "in an else": Case(
        lambda bad: [{"if": False, "then": [does("never")], "else": [does("a"), *bad]}, does("z")],
        {"a": 1, "mend": 2, "z": 1},
    ),
    "in a case of switch": Case(
        lambda bad: [
            {"switch": 2, "cases": [{"when": 1, "do": [does("never")]}, {"when": 2, "do": [does("a"), *bad]}]}
        ],
        {"a": 1, "mend": 2},
    ),
    "in a parallel branch, whose siblings go on": Case(
        lambda bad: [{"id": "p", "parallel": {"left": [does("a"), *bad], "right": [does("b"), does("c")]}}, does("z")],
        {"p.left.a": 1, "p.left.mend": 2, "p.right.b": 1, "p.right.c": 1, "z": 1},
    ),
    "in a catch": Case(
        lambda bad: [
            {"try": [does("a"), {"throw": "no"}], "catch": [{"do": [does("b"), *bad]}], "finally": [does("f")]},
        ],
        {"a": 1, "b": 1, "mend": 2, "f": 1},
    ),
    "in a finally": Case(
        lambda bad: [{"try": [does("a")], "finally": [does("b"), *bad]}, does("z")],
        {"a": 1, "b": 1, "mend": 2, "z": 1},
    ),
    "in a finally on the way out of an error": Case(
        lambda bad: [
            {
                "try": [{"try": [{"throw": "no"}], "finally": [does("b"), *bad]}],
                "catch": [{"on": "business", "do": [does("z")]}],
            },
        ],
        {"b": 1, "mend": 2, "z": 1},
    ),
    "in a session of its own": Case(
        lambda bad: [{"session": {"needs": ["sap"]}, "do": [does("a"), *bad]}, does("z")],
        {"a": 1, "mend": 2, "z": 1},
    ),
}


def answer(call: CallNode) -> Any:
    """Calls that are broken fail; the rest give back what they are given."""
    return raised() if call.params.get("broken") else dict(call.params)


def parked(steps: Steps, **fields: Any) -> World:
    """A run of these steps that has parked."""
    world = World(plan_of(steps, on_failure="park", **fields), answer)
    assert world.run() is None
    assert ["parked"] == [waiting.kind for waiting in situation_of(world.plan, world.state) if waiting.kind == "parked"]
    return world


def mend(world: World, plan: Plan | None, action: Any = "retry", **facts: Any) -> Finish | None:
    """Answer the step that is parked."""
    (waiting,) = [waiting for waiting in situation_of(world.plan, world.state) if waiting.kind == "parked"]
    request = FixRequest(
        number=waiting.number or 0, action=action, by="ada", plan=plan, revision=world.state.revision, **facts
    )
    world.plan, world.state, answered = fixed(world.plan, world.state, request)
    return world.run(answered)


def hand_on(world: World) -> None:
    """Have a new execution go on with the run."""
    world.run(RestRequested())
    world.state = load(json.loads(json.dumps(dump(world.state))))
    world.run(HandedOn())


@pytest.mark.parametrize("handed_on", [False, True], ids=["at once", "after a new execution"])
@pytest.mark.parametrize("name", CASES)
def test_a_parked_step_goes_on_with_a_corrected_document(name: str, *, handed_on: bool) -> None:
    case = CASES[name]
    world = parked(case.around([BROKEN]))
    if handed_on:
        hand_on(world)

    end = mend(world, plan_of(case.around([MENDED]), on_failure="park"))

    assert end is not None
    assert ("completed", case.calls) == (end.status, dict(Counter(world.calls)))


@pytest.mark.parametrize("name", CASES)
def test_a_step_can_be_put_in_before_the_parked_one(name: str) -> None:
    case = CASES[name]
    world = parked(case.around([BROKEN]))

    end = mend(world, plan_of(case.around([OTHER, MENDED]), on_failure="park"))

    assert end is not None
    assert ("completed", 1) == (end.status, sum(place.endswith("other") for place in world.calls))
    assert sum(case.calls.values()) + 1 == len(world.calls)


@pytest.mark.parametrize("name", CASES)
def test_a_step_behind_the_parked_one_can_be_taken_out(name: str) -> None:
    case = CASES[name]
    world = parked(case.around([BROKEN, OTHER]))

    end = mend(world, plan_of(case.around([MENDED]), on_failure="park"))

    assert end is not None
    assert ("completed", case.calls) == (end.status, dict(Counter(world.calls)))


@pytest.mark.parametrize("name", CASES)
def test_a_run_can_park_twice_in_a_row(name: str) -> None:
    case = CASES[name]
    world = parked(case.around([BROKEN]))

    again = mend(world, plan_of(case.around([does("mend", broken=True, second=1)]), on_failure="park"))
    end = mend(world, plan_of(case.around([MENDED]), on_failure="park"))

    assert again is None
    assert end is not None
    assert sum(case.calls.values()) + 1 == len(world.calls)


@pytest.mark.parametrize("name", CASES)
def test_a_step_that_has_run_must_stay_as_it_was(name: str) -> None:
    around = CASES[name].around
    world = parked(around([does("before"), BROKEN]))

    with pytest.raises(PatchRefusedError, match=r"step 'before' has run, but in the new document its 'with.n' was"):
        mend(world, plan_of(around([does("before", n="changed"), MENDED]), on_failure="park"))


@pytest.mark.parametrize("name", CASES)
def test_a_step_that_has_run_must_stay_where_it_was(name: str) -> None:
    around = CASES[name].around
    world = parked(around([does("before"), BROKEN]))

    with pytest.raises(PatchRefusedError, match="where step 'before' has run, the new document has 'mend'"):
        mend(world, plan_of(around([MENDED]), on_failure="park"))


def test_round_seven_of_twenty_goes_on_and_later_rounds_do_what_the_new_document_says() -> None:
    bad = does("mend", broken="${{ item == 7 }}")
    world = World(plan_of(_loop([does("a"), bad, does("c")]), on_failure="park"), answer)
    world.run()

    end = mend(world, plan_of(_loop([does("a"), MENDED, does("d")]), on_failure="park"))

    assert end is not None
    assert "completed" == end.status
    counts = Counter(place.rpartition(".")[2] for place in world.calls)
    assert {"a": 20, "mend": 21, "c": 7, "d": 13} == counts


def test_one_round_of_many_side_by_side_parks_and_the_others_go_on() -> None:
    def around(step: dict[str, Any]) -> Steps:
        return [
            {"id": "loop", "for_each": "${{ range(20) }}", "parallel": 4, "do": [does("a"), step]},
            does("z", results="${{ [each.mend.n for each in loop.results] }}"),
        ]

    world = World(plan_of(around(does("mend", broken="${{ item in [3, 7] }}")), on_failure="park"), answer)
    world.run()
    before = Counter(place.rpartition(".")[2] for place in world.calls)
    waits = [waiting.place for waiting in situation_of(world.plan, world.state)]

    plan = plan_of(around(MENDED), on_failure="park")
    end: Finish | None = None
    for place in waits:
        (number,) = [each.number for each in situation_of(world.plan, world.state) if each.place == place]
        request = FixRequest(number=number or 0, action="retry", by="ada", plan=plan, revision=world.state.revision)
        world.plan, world.state, answered = fixed(world.plan, world.state, request)
        end = world.run(answered)

    assert {"a": 20, "mend": 20} == before
    assert ["loop[3].mend", "loop[7].mend"] == sorted(waits)
    assert end is not None
    assert "completed" == end.status
    assert {"a": 20, "mend": 22, "z": 1} == Counter(place.rpartition(".")[2] for place in world.calls)
    assert ["mend"] * 20 == world.params[-1]["results"]


def test_what_must_be_undone_can_be_corrected() -> None:
    def steps(undo: dict[str, Any]) -> Steps:
        return [{**does("book"), "undo": [undo]}, {**does("pay"), "undo": [does("refund")]}, {"throw": "no"}]

    world = parked(steps(BROKEN))

    end = mend(world, plan_of(steps(MENDED), on_failure="park"))

    assert end is not None
    assert "failed" == end.status
    assert ["book", "pay", "pay.undo.refund", "book.undo.mend", "book.undo.mend"] == world.calls


@pytest.mark.parametrize(
    ("action", "facts", "calls"),
    [
        ("retry", {"inputs": {"n": 2}}, ["a", "mend", "mend", "z"]),
        ("skip", {}, ["a", "mend", "z"]),
        ("set-output", {"output": {"n": 5}}, ["a", "mend", "z"]),
        ("goto", {"goto": "a", "inputs": {"n": 2}}, ["a", "mend", "a", "mend", "z"]),
        ("abort", {}, ["a", "mend", "f"]),
    ],
)
def test_what_a_person_can_have_a_parked_step_do(action: str, facts: dict[str, Any], calls: list[str]) -> None:
    bad = does("mend", broken="${{ inputs.n == 1 }}")
    steps = [does("a"), {"try": [bad, does("z")], "finally": [{**does("f"), "do": "test.write"}]}]
    world = World(plan_of(steps, on_failure="park", inputs={"n": {"type": "integer"}}), answer, inputs={"n": 1})
    world.run()

    end = mend(world, None, action, **facts)

    assert end is not None
    assert ("failed" if action == "abort" else "completed") == end.status
    assert calls == [place for place in world.calls if place != "f" or action == "abort"]
    assert [(action, "ada", "mend")] == [(each.action, each.by, each.place) for each in world.state.answers]
