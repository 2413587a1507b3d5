"""A document without its broken parts, so that the rest can still be checked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar, cast

from pydantic import JsonValue

from workflows.document import LANGUAGE
from workflows.fault import Fault, value_at
from workflows.kind import CallDocumentStep, Case, Catch, Elif, NodeStep, SessionNeeds
from workflows.part import NAME_PATTERN, Input, Model, Verify
from workflows.source import BRANCH_FIELD, Path, step_of

T = TypeVar("T")

_CONDITION: Final = '${{ run.id == "" }}'
"""Stands for a condition nobody can read: neither always true nor always false."""

_NOTHING: Final[dict[str, JsonValue]] = {"assert": _CONDITION}
"""A step of which nothing can be said: it defines no names, and nothing is known of its output."""

_FIELDS: dict[str, JsonValue] = {
    "aether": LANGUAGE,
    "name": "document",
    "type": "any",
    "if": _CONDITION,
    "while": _CONDITION,
    "assert": _CONDITION,
    "break": _CONDITION,
    "continue": _CONDITION,
    "cases": [{"when": None, "do": [_NOTHING]}],
    "steps": [_NOTHING],
    "then": [_NOTHING],
    "do": [_NOTHING],
    "try": [_NOTHING],
    "for_each": [],
    "parallel": {"_": [_NOTHING]},
    "approve": "",
    "receive": "event",
    "session": {},
    "switch": None,
    "when": None,
    "return": None,
    "set": {"_": None},
    "throw": "",
    "message": "",
    "wait": "0s",
    "until": "",
    "delays": [],
}
"""A harmless value for each field that cannot be left out."""

_PARTS: dict[type[Model], JsonValue] = {
    Input: {"type": "any"},
    Elif: {"if": _CONDITION, "then": [_NOTHING]},
    Case: {"when": None, "do": [_NOTHING]},
    Catch: {"do": [_NOTHING]},
    SessionNeeds: {},
}
"""A harmless whole for each part that is not even a mapping."""


def repair(tree: JsonValue, faults: Iterable[Fault]) -> set[str]:
    """Take the faults out of the tree, in place; the names that may have been defined in what is gone.

    A field that may be left out is left out, a required one gets a harmless value, and a step that cannot be
    saved becomes one that keeps its id and does nothing.
    """
    return {name for fault in faults for name in _repair_one(tree, fault)}


def copied(value: T) -> T:
    """A tree of its own, wherever parts of the given one are shared."""
    return cast("T", json.loads(json.dumps(value)))


def _repair_one(tree: JsonValue, fault: Fault) -> Iterator[str]:
    if fault.model is Verify and (fault.kind == "block" or fault.field == "do"):
        place = fault.path[: step_of(fault.path)]
        cast("dict[str, JsonValue]", value_at(tree, place)).pop("verify", None)
    elif fault.kind in {"step", "block"}:
        yield from _replace(tree, fault.path, _PARTS.get(fault.model) if fault.kind == "block" else None)
    else:
        yield from _repair_field(tree, fault)


def _repair_field(tree: JsonValue, fault: Fault) -> Iterator[str]:
    path = _field_path(fault)
    holder, name = value_at(tree, path[:-1]), str(path[-1])
    if not isinstance(holder, dict):
        return
    dispensable = not _required(fault.model, name) or path[-2:-1] == (BRANCH_FIELD,)
    if fault.kind in {"unknown", "key"} or dispensable:
        yield from _names({name: holder.pop(name, None)})
    elif fault.model in {NodeStep, CallDocumentStep}:
        yield from _replace(tree, path[: step_of(path)], None)
    else:
        yield from _names({name: holder.get(name)})
        holder[name] = copied(_FIELDS[name])


def _field_path(fault: Fault) -> Path:
    """Where the field of the model stands that holds the wrong value; a wrong key is meant itself."""
    length = len(fault.path)
    while fault.kind != "key" and fault.path[length - 1] != fault.field:
        length -= 1
    return fault.path[:length]


def _required(model: type[Model], name: str) -> bool:
    return any(field.is_required() for key, field in model.model_fields.items() if name == (field.alias or key))


def _replace(tree: JsonValue, path: Path, part: JsonValue) -> Iterator[str]:
    """Put a harmless part, or a step that does nothing, in the place of a broken one."""
    holder, last, old = value_at(tree, path[:-1]), path[-1], value_at(tree, path)
    yield from _names(old)
    name = old.get("id") if isinstance(old, dict) else None
    named = isinstance(name, str) and re.match(NAME_PATTERN, name)
    step: JsonValue = {"id": name, **_NOTHING} if named else {**_NOTHING}
    cast("dict[str | int, JsonValue]", holder)[last] = copied(part if part is not None else step)


def _names(broken: JsonValue) -> Iterator[str]:
    """Names that steps in a broken part may have defined."""
    todo = [broken]
    while todo:
        match todo.pop():
            case dict() as mapping:
                yield from (name for field in ("id", "as", "index") if isinstance(name := mapping.get(field), str))
                if isinstance(variables := mapping.get("set"), dict):
                    yield from variables
                todo.extend(mapping.values())
            case list() as items:
                todo.extend(items)
            case _:
                pass
