"""How runs fail, and what they say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.machine import World, outputs_of, plan_of, raised
from workflows.protocol import StepStarted

FAILURES = [
    ("assert fails as business", [{"assert": "${{ 1 > 2 }}"}], "business", "AssertionFailedError", "does not hold"),
    (
        "assert says its message",
        [{"assert": "${{ 1 > 2 }}", "message": "n=${{ 3 }}"}],
        "business",
        "AssertionFailedError",
        "n=3",
    ),
    ("a bare throw is a business error", [{"throw": "no invoice"}], "business", "BusinessError", "no invoice"),
    (
        "a condition must be true or false",
        [{"if": "${{ [1] }}", "then": [{"set": {"x": 1}}]}],
        "configuration",
        "ConfigurationError",
        "true or false",
    ),
    (
        "a text cannot be gone through",
        [{"for_each": "${{ 'abc' }}", "do": [{"set": {"x": 1}}]}],
        "configuration",
        "ConfigurationError",
        "list or a mapping",
    ),
    (
        "a while has a limit",
        [{"while": True, "limit": 3, "do": [{"set": {"x": 1}}]}],
        "configuration",
        "StepBudgetError",
        "after 3 rounds",
    ),
    ("a wait needs a duration", [{"wait": "${{ 'soon' }}"}], "configuration", "ConfigurationError", "needs a duration"),
    ("a wait does not take true", [{"wait": "${{ True }}"}], "configuration", "ConfigurationError", "needs a duration"),
    ("a wait ends within ten years", [{"wait": "9999d"}], "configuration", "ConfigurationError", "ten years"),
    (
        "until needs a moment",
        [{"wait": {"until": "${{ 'noon' }}"}}],
        "configuration",
        "ConfigurationError",
        "needs a moment",
    ),
    (
        "until needs a time zone",
        [{"wait": {"until": "${{ '2027-01-31T08:00:00' }}"}}],
        "configuration",
        "ConfigurationError",
        "time zone",
    ),
    (
        "an error names its step",
        [{"id": "sum", "set": {"x": "${{ 1 / 0 }}"}}],
        "configuration",
        "ExpressionError",
        "zero",
    ),
]


@pytest.mark.parametrize(("_name", "steps", "kind", "error_type", "said"), FAILURES, ids=[row[0] for row in FAILURES])
def test_a_run_fails_and_says_why(_name: str, steps: list[Any], kind: str, error_type: str, said: str) -> None:
    end = World(plan_of(steps)).run()

    assert end is not None
    assert end.error is not None
    assert ("failed", kind, error_type) == (end.status, end.error.kind, end.error.type)
    assert said in end.error.message


def test_an_output_that_cannot_be_computed_fails_the_run() -> None:
    steps = [{"if": False, "then": [{"id": "inner", "set": {"x": 1}}]}]

    end = World(plan_of(steps, outputs={"x": "${{ inner.x }}"})).run()

    assert end is not None
    assert end.error is not None
    assert "ExpressionError" == end.error.type


def test_a_document_that_loops_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.turn.STEP_BUDGET", 100)
    steps = [{"while": True, "limit": 1000, "do": [{"set": {"x": 1}}]}]

    end = World(plan_of(steps)).run()

    assert end is not None
    assert end.error is not None
    assert "StepBudgetError" == end.error.type


def test_a_document_that_loops_for_ever_may_tidy_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.turn.STEP_BUDGET", 100)
    endless = {"while": True, "limit": 1000, "do": [{"set": {"x": 1}}]}
    world = World(plan_of([{"try": [endless], "finally": [{"id": "tidy", "do": "test.read"}]}]))

    world.run()

    assert ["tidy"] == world.calls
    assert ("failed", "StepBudgetError") == world.result


def test_but_not_go_on_for_ever_by_catching_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflows.turn.STEP_BUDGET", 100)
    monkeypatch.setattr("workflows.turn.STEP_SLACK", 50)
    endless = {"while": True, "limit": 1000, "do": [{"set": {"x": 1}}]}
    caught = {"try": [endless], "catch": [{"do": [{"set": {"x": 2}}]}]}
    world = World(plan_of([{"while": True, "limit": 1000, "do": [caught]}]))

    world.run()

    assert ("failed", "StepBudgetError") == world.result
    assert len([command for command in world.commands if isinstance(command, StepStarted)]) < 200


def test_a_step_error_is_caught_by_its_branch() -> None:
    steps = [
        {
            "try": [{"id": "a", "do": "test.read", "retry": {"delays": []}}],
            "catch": [{"on": "robot", "do": [{"set": {"x": "${{ error.step }}"}}]}],
        },
    ]

    outputs = outputs_of(steps, {"x": "${{ x }}"}, answer=lambda _: raised())

    assert {"x": "a"} == outputs
