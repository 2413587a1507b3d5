"""A plan travels as JSON and means the same when it arrives."""

from __future__ import annotations

from tests.support.machine import plan_of
from workflows.plan import Plan


def test_what_is_required_stays_required() -> None:
    plan = plan_of(
        [{"set": {"x": 1}}],
        inputs={
            "needed": {"type": "any"},
            "open": {"type": "any", "default": None},
            "given": {"type": "any", "default": 1},
        },
    )

    arrived = Plan.model_validate_json(plan.model_dump_json())

    assert {"needed": True, "open": False, "given": False} == {
        name: declared.required for name, declared in arrived.inputs.items()
    }
    assert plan == arrived


def test_a_plan_names_all_secrets_that_its_steps_use() -> None:
    inner = [{"do": "test.read", "with": {"a": ["Bearer ${{ secret('token') }}"]}}]
    step = {"do": "test.read", "with": {"b": "${{ secret('password') }}", "c": "${{ secret('token') }}"}}

    plan = plan_of([step, {"for_each": [1, 2], "as": "n", "do": inner}])

    assert ("password", "token") == plan.secrets
