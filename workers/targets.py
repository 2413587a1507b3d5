"""The targets of a document, and where in its text they are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import JsonValue, ValidationError

from activities.sessions.control import Control
from activities.sessions.target import Target
from workflows.expressions.template import has_template
from workflows.source import Path, Source, step_of
from workflows.spec import NodeSpec

_CALLS = "do"
_PARAMS = "with"
_TARGETS: Mapping[str, type[Target | Control]] = {"#/$defs/Target": Target, "#/$defs/Control": Control}
_PLACES = frozenset({"within", "frame"})
_NUMBERS = frozenset({"nth", "found_index"})


@dataclass(frozen=True, slots=True)
class WrittenTarget:
    """One target of a document."""

    path: Path
    """Where it is written."""
    step: str
    """The id of the step it belongs to."""
    target: Target | Control


def written_targets(source: Source, specs: Mapping[str, NodeSpec]) -> Iterator[WrittenTarget]:
    """Find all targets of a document, as they come in its text."""
    for path, call in _calls((), source.value(())):
        spec = specs.get(str(call[_CALLS]))
        if spec is not None:
            for place, kind, value in _of_schema(spec.params, spec.params, (*path, _PARAMS), call.get(_PARAMS)):
                target = _read(kind, value)
                if target is not None:
                    step = source.value((*place[: step_of(place)], "id"))
                    yield WrittenTarget(place, str(step), target)


def _calls(path: Path, value: JsonValue) -> Iterator[tuple[Path, dict[str, JsonValue]]]:
    """Whatever calls a node: steps, rounds of a loop, what verifies another step."""
    match value:
        case dict():
            if isinstance(value.get(_CALLS), str):
                yield path, value
            for key, inner in value.items():
                if key != _PARAMS:
                    yield from _calls((*path, key), inner)
        case list():
            for index, inner in enumerate(value):
                yield from _calls((*path, index), inner)
        case _:
            return


def _of_schema(
    schema: Mapping[str, Any], whole: Mapping[str, Any], path: Path, value: JsonValue
) -> Iterator[tuple[Path, type[Target | Control], JsonValue]]:
    """Those parts of a value that a schema says are targets, and of what."""
    if value is None:
        return
    reference = schema.get("$ref", "")
    if reference in _TARGETS:
        yield path, _TARGETS[reference], value
        return
    if reference:
        schema = whole["$defs"][reference.rpartition("/")[2]]
    for choice in schema.get("anyOf", ()):
        yield from _of_schema(choice, whole, path, value)
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        for key, inner in value.items():
            each = known.get(key, others)
            if isinstance(each, dict):
                yield from _of_schema(each, whole, (*path, key), inner)
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for index, inner in enumerate(value):
            yield from _of_schema(schema["items"], whole, (*path, index), inner)


def _read(kind: type[Target | Control], value: JsonValue) -> Target | Control | None:
    """A target as far as it is known before expressions have values."""
    try:
        return kind.model_validate(_known(value))
    except ValidationError:
        return None


def _known(value: JsonValue) -> JsonValue:
    """The same with a number where an expression stands for one."""
    if not isinstance(value, dict):
        return value
    known: dict[str, JsonValue] = {key: _known(inner) if key in _PLACES else inner for key, inner in value.items()}
    open_numbers = [key for key in _NUMBERS if isinstance(number := value.get(key), str) and has_template(number)]
    return known | dict.fromkeys(open_numbers, 1)
