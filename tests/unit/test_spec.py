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


def test_words_to_people_do_not_change_a_digest() -> None:
    plain: dict[str, JsonValue] = {"properties": {"description": {"type": "string"}}, "required": ["description"]}
    worded: dict[str, JsonValue] = {
        "title": "Send",
        "properties": {"description": {"type": "string", "title": "Description", "description": "What it is."}},
        "required": ["description"],
    }

    digests = {spec("test.send").model_copy(update={"params": schema}).digest for schema in (plain, worded)}

    assert 1 == len(digests)


@pytest.mark.parametrize(
    "change",
    [
        {"params": {"properties": {"description": {"type": "string"}}}},
        {"result": {"properties": {"sent": {"type": "boolean"}}}},
        {"session": True},
        {"capability": "mail"},
    ],
)
def test_what_a_node_takes_or_gives_changes_its_digest(change: dict[str, JsonValue]) -> None:
    before = spec("test.send")

    after = before.model_copy(update=change)

    assert before.digest != after.digest
