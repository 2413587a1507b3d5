"""The JSON Schema by which editors check and complete documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from pydantic import JsonValue

from workflows.document import Document
from workflows.kind import STEP_MODELS, ForEachStep, NodeStep
from workflows.params import WRITTEN_OUT
from workflows.parse import BARE_WORDS
from workflows.part import Verify
from workflows.spec import NodeSpec

Schema: TypeAlias = dict[str, JsonValue]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TEMPLATE: Final[Schema] = {"type": "string", "pattern": r"\$\{\{"}
"""A text with an expression: it may come to anything."""

_MAPS = ("properties", "patternProperties", "$defs")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "not", "if", "then", "else")
_ABOUT = ("description", "default", "examples")
_ANY_STEP: Final = [{"$ref": f"#/$defs/{model.__name__}"} for model in STEP_MODELS.values()]
"""How the generated schema says `Step`."""


def document_schema(specs: Mapping[str, NodeSpec]) -> Schema:
    """The schema of documents that use these node types (draft 2020-12)."""
    schema = _tidy(Document.model_json_schema(by_alias=True))
    definitions = _object(schema.pop("$defs"))
    for model in (NodeStep, ForEachStep, Verify):
        definitions[model.__name__] = _with_nodes(_object(definitions[model.__name__]), specs)
    nodes: Schema = {name: _parameters(spec) for name, spec in sorted(specs.items())}
    return {
        "$schema": DIALECT,
        "title": "Aether document",
        **schema,
        "$defs": {"Step": _step(), **definitions, **nodes},
    }


def _object(value: JsonValue) -> Schema:
    return dict(value) if isinstance(value, dict) else {}


def _mapped(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """A schema with each schema directly inside it changed."""
    changed = dict(schema)
    for word in _MAPS:
        if isinstance(inner := schema.get(word), dict):
            changed[word] = {name: change(part) if isinstance(part, dict) else part for name, part in inner.items()}
    for word in _LISTS:
        if isinstance(inner := schema.get(word), list):
            changed[word] = [change(part) if isinstance(part, dict) else part for part in inner]
    for word in _SINGLE:
        if isinstance(inner := schema.get(word), dict):
            changed[word] = change(inner)
    return changed


def _tidy(schema: Schema) -> Schema:
    """Without generated titles, with names closed and with one definition of what a step is."""
    if schema.get("oneOf") == _ANY_STEP:
        return {"$ref": "#/$defs/Step"}
    tidy = _mapped(schema, _tidy)
    tidy.pop("title", None)
    return {**tidy, "additionalProperties": False} if "patternProperties" in tidy else tidy


def _step() -> Schema:
    """A step: its first keyword tells its kind, so that errors speak of that kind only."""
    kinds: Schema = {keyword: {"$ref": f"#/$defs/{model.__name__}"} for keyword, model in STEP_MODELS.items()}
    chain: Schema = {"anyOf": list(kinds.values())}
    for keyword, reference in reversed(kinds.items()):
        chain = {"if": {"required": [keyword]}, "then": reference, "else": chain}
    words: list[JsonValue] = [*sorted(BARE_WORDS)]
    return {
        "description": "One entry of a document: a mapping with the field that tells its kind, or a single word.",
        "type": ["object", "string"],
        "if": {"type": "string"},
        "then": {"enum": words},
        "else": chain,
    }


def _with_nodes(step: Schema, specs: Mapping[str, NodeSpec]) -> Schema:
    """A step that calls a node: its name and its parameters by the node types there are."""
    if not specs:
        return step
    named: Schema = {
        "type": "string",
        "anyOf": [{"const": name, "description": spec.summary} for name, spec in sorted(specs.items())],
    }
    properties = _object(step["properties"])
    do = _object(properties["do"])
    body = [named if _object(part).get("type") == "string" else part for part in _list(do.get("anyOf"))]
    properties["do"] = {**do, "anyOf": body} if body else {**named, "description": do["description"]}
    cases: list[JsonValue] = [_parameters_of(name, spec) for name, spec in sorted(specs.items())]
    return {**step, "properties": properties, "allOf": cases}


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _parameters_of(name: str, spec: NodeSpec) -> Schema:
    """What a step that does this node has under `with`."""
    then: Schema = {"properties": {"with": {"$ref": f"#/$defs/{name}"}}}
    if spec.params.get("required"):
        then["required"] = ["with"]
    return {"if": {"properties": {"do": {"const": name}}, "required": ["do"]}, "then": then}


def _parameters(spec: NodeSpec) -> Schema:
    """A node's parameters, with an expression allowed in the place of anything."""

    def moved(schema: Schema) -> Schema:
        there = _mapped(schema, moved)
        reference = there.get("$ref")
        if isinstance(reference, str):
            there["$ref"] = reference.replace("#/$defs/", f"#/$defs/{spec.type}/$defs/", 1)
        return there

    return {**_inside(moved(_tidy(spec.params))), "description": spec.summary}


def _inside(schema: Schema) -> Schema:
    """The schema with templates allowed for its parts, but not for the whole."""
    changed = _mapped(schema, _inside)
    for word in ("properties", "patternProperties"):
        if isinstance(inner := changed.get(word), dict):
            changed[word] = {name: _or_template(_object(part)) for name, part in inner.items()}
    for word in ("items", "additionalProperties"):
        if isinstance(inner := changed.get(word), dict):
            changed[word] = _or_template(inner)
    if isinstance(inner := changed.get("prefixItems"), list):
        changed["prefixItems"] = [_or_template(_object(part)) for part in inner]
    return changed


def _or_template(schema: Schema) -> Schema:
    about = {word: schema[word] for word in _ABOUT if word in schema}
    shape = {word: value for word, value in schema.items() if word not in _ABOUT}
    if not shape or shape == {"type": "string"}:
        return schema
    if shape.get("format") == WRITTEN_OUT:
        return {**schema, "not": dict(_TEMPLATE)}
    return {**about, "anyOf": [shape, dict(_TEMPLATE)]}
