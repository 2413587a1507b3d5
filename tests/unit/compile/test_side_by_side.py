"""What branches, rounds side by side and undoing may say and do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.machine import SPECS, plan_of
from workflows.compile import compile_plan
from workflows.document import Document
from workflows.plan import ForEachPlan, ParallelPlan

READ = {"do": "test.read"}
PAY = {"do": "test.pay"}


def problems_of(*steps: Any, **fields: Any) -> list[str]:
    document = Document.model_validate({"aether": 1, "name": "test", "steps": steps, **fields})
    return [f"{each.code} {each.field}: {each.message}" for each in compile_plan(document, SPECS).problems]


def sets(name: str, value: Any = 1) -> dict[str, Any]:
    return {"set": {name: value}}


def test_branches_have_blocks_and_names_of_their_own() -> None:
    plan = plan_of(
        [{"id": "both", "parallel": {"left": [READ], "right": [READ, READ]}, "on_error": "wait", "timeout": "2s"}]
    )

    step = plan.blocks[0][0]

    assert isinstance(step, ParallelPlan)
    assert [("left", 1), ("right", 2)] == [(branch.name, branch.block) for branch in step.branches]
    assert ("wait", 2.0) == (step.on_error, step.limit_seconds)
    assert [["both.left.1"], ["both.right.1", "both.right.2"]] == [
        [each.id for each in block] for block in plan.blocks[1:]
    ]


@pytest.mark.parametrize(
    "side_by_side",
    [
        {"parallel": {"left": [sets("x", 2)]}},
        {"for_each": [1], "parallel": 2, "do": [sets("x", 2)]},
        {"do": "test.read", "undo": [sets("x", 2)]},
        {"parallel": {"left": [{"while": False, "do": [sets("x", 2)]}]}},
        {"parallel": {"left": [{"parallel": {"inner": [sets("x", 2)]}}]}},
    ],
)
def test_a_variable_of_what_is_around_cannot_be_changed_side_by_side(side_by_side: dict[str, Any]) -> None:
    message = "'x' is a variable of what is around, where others may change it at the same time"

    (problem,) = problems_of(sets("x"), side_by_side)

    assert problem.startswith("shared-variable")
    assert problem.endswith(message)


def test_a_variable_that_a_later_step_of_the_same_round_sets_is_around_too() -> None:
    problems = problems_of({"for_each": [1], "do": [{"parallel": {"left": [sets("x")]}}, sets("x")]})

    assert ["shared-variable"] == [problem.split()[0] for problem in problems]


def test_branches_and_rounds_may_have_variables_of_one_name_each_for_itself() -> None:
    branches = {"parallel": {"left": [sets("x"), sets("x", "${{ x + 1 }}")], "right": [sets("x")]}}
    rounds = {"for_each": [1], "parallel": 2, "do": [sets("x"), sets("y", "${{ x + item }}")]}

    assert [] == problems_of({"while": False, "do": [branches, rounds]}, sets("x"))


@pytest.mark.parametrize(
    "step",
    [
        {"parallel": {"left": [sets("x")]}},
        {"for_each": [1], "parallel": 2, "do": [sets("x")]},
        {"do": "test.read", "undo": [sets("x")]},
    ],
)
def test_what_is_set_side_by_side_is_not_known_after_it(step: dict[str, Any]) -> None:
    problems = problems_of(step, sets("y", "${{ x }}"))

    (problem,) = problems
    assert problem.startswith("out-of-scope set.y: the variable 'x' has no value here: it is set later, or in a branch")


def test_a_round_side_by_side_knows_nothing_of_the_rounds_before_it() -> None:
    round_ = [{"if": "${{ item > 1 }}", "then": [sets("y", "${{ x }}")]}, sets("x")]

    problems = problems_of({"for_each": [1, 2], "parallel": 2, "do": round_})

    assert ["out-of-scope"] == [problem.split()[0] for problem in problems]


def test_the_outputs_of_a_branch_are_known_by_the_branch() -> None:
    both = {"id": "both", "parallel": {"left": [{"id": "a", "set": {"x": 1}}, READ], "right": [{"id": "b", **READ}]}}

    assert [] == problems_of(both, sets("y", "${{ [both.left.a.x, both.right.b.anything] }}"))
    assert [
        "unknown-key set.y: 'both' has no 'middle'",
        "unknown-key set.z: 'both.left' has no 'b'",
        "unknown-key set.v: 'both.left.a' has no 'y'",
        ("out-of-scope set.w: the step 'a' has not run yet here, or ran in a loop or branch that has ended"),
    ] == problems_of(
        both,
        sets("y", "${{ both.middle }}"),
        sets("z", "${{ both.left.b }}"),
        sets("v", "${{ both.left.a.y }}"),
        sets("w", "${{ a }}"),
    )


def test_ids_are_unique_across_branches() -> None:
    problems = problems_of({"parallel": {"left": [{"id": "a", **READ}], "right": [{"id": "a", **READ}]}})

    assert ["duplicate-id id: the id 'a' is used twice"] == problems


def test_the_other_branch_is_not_seen() -> None:
    problems = problems_of({"parallel": {"left": [{"id": "a", **READ}], "right": [sets("x", "${{ a }}")]}})

    assert ["out-of-scope"] == [problem.split()[0] for problem in problems]


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ({"parallel": {"left": [{"break": None}]}}, "'break' would lead out of a branch that has others beside it"),
        (
            {"parallel": {"left": [{"continue": None}]}},
            "'continue' would lead out of a branch that has others beside it",
        ),
        (
            {"parallel": {"left": [{"return": {"x": 1}}]}},
            "'return' would lead out of a branch that has others beside it",
        ),
        (
            {"for_each": [1], "as": "n", "parallel": 2, "do": [{"break": None}]},
            "'break' would lead out of a round that has others beside it",
        ),
        (
            {"for_each": [1], "as": "n", "parallel": 2, "do": [{"if": True, "then": [{"return": None}]}]},
            "'return' would lead out of a round that has others beside it",
        ),
        ({"do": "test.read", "undo": [{"break": None}]}, "'break' would lead out of what undoes a step"),
        ({"do": "test.read", "undo": [{"return": None}]}, "'return' would lead out of what undoes a step"),
    ],
)
def test_no_jump_leads_out_of_what_has_others_beside_it(step: Any, problem: str) -> None:
    (found,) = problems_of({"for_each": [1], "do": [step]})

    assert found.startswith("no-way-out")
    assert found.endswith(problem)


def test_a_round_side_by_side_can_be_ended_and_loops_inside_can_be_left() -> None:
    inner = {"while": True, "do": [{"break": None}]}

    assert [] == problems_of(
        {"for_each": [1], "parallel": 3, "do": [{"continue": "${{ item == 1 }}"}, inner]},
        {"parallel": {"left": [inner]}},
        {"do": "test.read", "undo": [inner]},
    )


def test_rounds_side_by_side_are_planned() -> None:
    plan = plan_of([{"for_each": [1], "parallel": 3, "on_error": "wait", "do": [READ], "timeout": "60s"}])

    step = plan.blocks[0][0]

    assert isinstance(step, ForEachPlan)
    assert (3, "wait", 60.0) == (step.parallel, step.on_error, step.limit_seconds)


def test_undoing_sees_what_the_step_saw_and_what_it_gave_and_nothing_of_it_is_seen_later() -> None:
    undo = [{"id": "back", "set": {"number": "${{ booked.x + item }}"}}, sets("y", "${{ back.number + number }}")]
    booking = {"id": "booked", **PAY, "undo": undo}

    assert [] == problems_of({"for_each": [1], "do": [booking]})
    assert ["out-of-scope"] == [
        problem.split()[0] for problem in problems_of({"for_each": [1], "do": [booking, sets("z", "${{ back }}")]})
    ]


def test_undoing_is_a_block_of_its_own() -> None:
    plan = plan_of([{"id": "a", **PAY, "undo": [READ, READ]}])

    (step,) = plan.blocks[0]

    assert 1 == step.undo
    assert ["a.undo.1", "a.undo.2"] == [each.id for each in plan.blocks[1]]


@pytest.mark.parametrize("parallel", [None, 4])
def test_each_round_of_one_node_is_undone_with_its_own_output(parallel: int | None) -> None:
    undo = [sets("x", "${{ booked.number + item }}")]

    plan = plan_of([{"id": "booked", "for_each": [1], "parallel": parallel, "do": "test.pay", "undo": undo}])

    (call,) = plan.blocks[1]
    assert ("booked", 2) == (call.id, call.undo)


def test_a_round_without_a_name_is_undone_too() -> None:
    plan = plan_of([{"for_each": [1], "do": "test.pay", "undo": [READ]}])

    (call,) = plan.blocks[1]
    assert ("main.1.do", 2) == (call.id, call.undo)
