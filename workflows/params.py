"""Whether the parameters of a step fit its node type, as far as can be known before expressions have values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from pydantic import JsonValue

from workflows.expressions.template import has_template
from workflows.visible import nearest

_STRUCTURAL = frozenset({"required", "additionalProperties"})
_WORDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "nothing",
}


def params_problems(
    schema: Mapping[str, JsonValue], params: Mapping[str, JsonValue]
) -> Iterator[tuple[tuple[str | int, ...], str, str | None]]:
    """Every fault of `with`: its place, what is wrong, what to do."""
    for error in Draft202012Validator(dict(schema)).iter_errors(params):
        for part in _parts(error):
            if part.validator in _STRUCTURAL or not _open(part):
                yield from _described(part)


def _parts(error: ValidationError) -> Iterator[ValidationError]:
    """The faults behind a fault: of several alternatives, those of the one that takes values of this type."""
    if error.context and _open(error) and not isinstance(error.instance, dict):
        return
    branches: dict[object, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(inner.schema_path[0], []).append(inner)
    meant = [branch for branch in branches.values() if not any(_another_type(inner) for inner in branch)]
    if len(meant) == 1:
        for inner in meant[0]:
            yield from _parts(inner)
    else:
        yield error


def _another_type(error: ValidationError) -> bool:
    return error.validator == "type" and not error.path


def _open(error: ValidationError) -> bool:
    """Whether the faulty value is not known before expressions have values."""
    value: Any = error.instance
    return has_template(value)


def _described(error: ValidationError) -> Iterator[tuple[tuple[str | int, ...], str, str | None]]:
    place = tuple(error.absolute_path)
    value: Any = error.validator_value
    schema: Any = error.schema
    params: Any = error.instance
    match error.validator:
        case "required":
            for name in value:
                if name not in params:
                    yield place, f"{name!r} is missing", _description(schema, name)
        case "additionalProperties":
            known = schema.get("properties", {})
            for name in params:
                if name not in known:
                    meant = nearest(name, known)
                    hint = f"did you mean {meant!r}?" if meant else f"it takes {', '.join(known)}"
                    yield (*place, name), f"{name!r} is not a parameter of this node", hint
        case "type" | "anyOf" | "oneOf":
            yield place, f"expected {_expected(schema)}, not {_shown(error.instance)}", None
        case "enum" | "const":
            allowed = ", ".join(map(repr, value if isinstance(value, list) else [value]))
            yield place, f"{_shown(error.instance)} is not allowed", f"use one of {allowed}"
        case _:
            yield place, error.message, None


def _expected(schema: Mapping[str, Any]) -> str:
    kinds: list[str] = []
    for option in [schema, *schema.get("anyOf", []), *schema.get("oneOf", [])]:
        named = option.get("type", "object" if "$ref" in option else None)
        kinds.extend([named] if isinstance(named, str) else named or [])
    words = dict.fromkeys(_WORDS.get(kind, kind) for kind in kinds)
    return " or ".join(words) or "something else"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 - what fits on a line


def _description(schema: Mapping[str, Any], name: str) -> str | None:
    described = schema.get("properties", {}).get(name, {}).get("description")
    return f"it is: {described[0].lower()}{described[1:]}" if described else None
