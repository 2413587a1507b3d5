"""What editors are told of documents."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import jsonschema
import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field

from workflows.schema import document_schema
from workflows.spec import Effect, NodeSpec


class Place(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    label: str = Field(min_length=1)
    nth: int = 0


class Params(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    target: str | Place
    """The element."""
    button: Literal["left", "right"] = "left"
    points: list[tuple[int, int]] = []
    headers: dict[str, int] = {}
    text: str = ""
    sql: str = Field(default="", json_schema_extra={"format": "written-out"})


class Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


def spec(name: str, params: type[BaseModel]) -> NodeSpec:
    return NodeSpec(
        type=name,
        summary=f"Do {name}.",
        description="",
        example="",
        capability="browser",
        session=True,
        effect=Effect.ONCE,
        timeout=timedelta(seconds=30),
        params=params.model_json_schema(),
        result={},
    )


SPECS = {name: spec(name, params) for name, params in (("browser.click", Params), ("browser.close", Nothing))}
VALIDATOR = jsonschema.Draft202012Validator(document_schema(SPECS))


def errors(step: str) -> list[str]:
    document = {"aether": 1, "name": "x", "steps": [yaml.safe_load(step)]}
    return [error.message for error in VALIDATOR.iter_errors(document)]


ACCEPTED = (
    "break",
    "{break: null}",
    "{do: browser.close}",
    "{do: browser.click, with: {target: '#a'}}",
    "{do: browser.click, with: {target: {label: Pay, nth: 2}, button: right, points: [[1, 2]], headers: {a: 1}}}",
    "{do: browser.click, with: {target: {label: Pay, nth: '${{ 1 + 1 }}'}, button: '${{ b }}'}}",
    "{do: browser.click, with: {target: x, points: '${{ p }}', headers: {a: 'n${{ 1 }}'}}}",
    "{do: browser.click, with: {target: x, points: ['${{ p }}', [1, '${{ 2 }}']]}}",
    "{do: browser.click, with: {target: x, sql: 'select 1', text: 'n${{ 1 }}'}}",
    "{for_each: [1], do: browser.click, with: {target: '${{ item }}'}}",
    "{for_each: [1], do: [{if: true, then: [continue]}]}",
    "{for_each: [1], parallel: 4, on_error: wait, do: [continue]}",
    "{parallel: {left: [break], right: [{do: browser.close}]}, timeout: 3s}",
    "{do: browser.close, verify: {do: browser.click, with: {target: x}, holds: true}, undo: [{do: browser.close}]}",
    "{call: ./other.yaml, with: {a: 1}, inline: true}",
    "{approve: 'Pay?', form: {a: {type: string}}, by: [ada], expires: 3d, on_expiry: [return]}",
    "{receive: paid, key: '${{ k }}'}",
    "{session: {needs: [browser]}, do: [break]}",
)
REFUSED = (
    "{parallel: {a-b: [break]}}",
    "{parallel: []}",
    "{for_each: [1], parallel: 0, do: [break]}",
    "{do: browser.close, verify: {do: browser.click}}",
    "{do: browser.close, verify: {do: browser.clik}}",
    "{do: browser.close, undo: [{do: browser.clik}]}",
    "{call: 3}",
    "{approve: 'Pay?', form: {a: text}}",
    "{receive: ''}",
    "{session: browser, do: [break]}",
    "stop",
    "{}",
    "3",
    "{do: browser.clik, with: {target: x}}",
    "{do: browser.click}",
    "{do: browser.click, with: {}}",
    "{do: browser.click, with: {target: x, button: middle}}",
    "{do: browser.click, with: {target: {labell: x}}}",
    "{do: browser.click, with: {target: {label: x, nth: two}}}",
    "{do: browser.click, with: {target: x, points: [[1, x]]}}",
    "{do: browser.click, with: {target: x, sql: 'select ${{ 1 }}'}}",
    "{do: browser.close, with: {target: x}}",
    "{for_each: [1], do: browser.click, with: {}}",
    "{for_each: [1], do: [{do: browser.click}]}",
    "{if: x > 3, then: [break]}",
    "{if: true, then: []}",
    "{set: {a-b: 1}}",
    "{wait: 3s, timeot: 3}",
)


@pytest.mark.parametrize("step", ACCEPTED)
def test_a_sound_step_is_accepted(step: str) -> None:
    assert [] == errors(step)


@pytest.mark.parametrize("step", REFUSED)
def test_a_wrong_step_is_refused(step: str) -> None:
    assert [] != errors(step)


def test_it_is_a_schema_itself() -> None:
    jsonschema.Draft202012Validator.check_schema(document_schema(SPECS))
    jsonschema.Draft202012Validator.check_schema(document_schema({}))


def test_an_editor_can_explain_nodes_and_their_fields() -> None:
    definitions: Any = document_schema(SPECS)["$defs"]

    assert "Do browser.click." == definitions["browser.click"]["description"]
    assert "The element." == definitions["browser.click"]["properties"]["target"]["description"]
    assert "What it is for." == definitions["Input"]["properties"]["description"]["description"]


def test_without_node_types_any_node_is_accepted() -> None:
    validator = jsonschema.Draft202012Validator(document_schema({}))

    assert validator.is_valid({"aether": 1, "name": "x", "steps": [{"do": "a.b", "with": {"c": 1}}]})
