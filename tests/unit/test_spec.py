"""What a node type's facts say of a call."""

from __future__ import annotations

import pytest
from pydantic import JsonValue

from tests.support.machine import spec
from workflows.spec import Effect, EffectRule


@pytest.mark.parametrize("schema", [{}, {"properties": {}}, {"properties": {"method": {"type": "string"}}}])
def test_a_rule_about_a_parameter_without_default_applies_only_where_it_is_given(schema: dict[str, JsonValue]) -> None:
    rules = (EffectRule(param="method", values=("GET",), effect=Effect.READ),)

    facts = spec("test.send", Effect.ONCE, effects=rules).model_copy(update={"params": schema})

    assert (Effect.ONCE, Effect.READ) == (facts.effect_of({}), facts.effect_of({"method": "GET"}))


def test_a_parameter_that_is_left_out_counts_with_its_default() -> None:
    rules = (EffectRule(param="method", values=("GET",), effect=Effect.READ),)
    schema: dict[str, JsonValue] = {"properties": {"method": {"default": "GET"}}}

    facts = spec("test.send", Effect.ONCE, effects=rules).model_copy(update={"params": schema})

    assert Effect.READ is facts.effect_of({})
