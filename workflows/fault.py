"""What pydantic found wrong with a document, one fault per mistake, in the document's own terms."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from itertools import islice
from typing import Any, Literal, TypeAlias

from pydantic import JsonValue, ValidationError
from pydantic_core import ErrorDetails

from workflows.defect import Defect
from workflows.document import Defaults, Document, Park
from workflows.kind import (
    STEP_MODELS,
    Case,
    Catch,
    Elif,
    ForEachStep,
    NodeStep,
    ParallelStep,
    SessionNeeds,
    Thrown,
    Until,
)
from workflows.part import DOCUMENT_NAME_PATTERN, NAME_PATTERN, NODE_PATTERN, Input, Model, Retry, Verify
from workflows.source import BLOCK_FIELDS, BRANCH_FIELD, TOP_FIELDS, Path

Kind: TypeAlias = Literal["missing", "unknown", "key", "step", "block", "value"]
"""What a fault is about: a field that is not there or not known, a name, a step's kind, a whole mapping, a value."""

_NESTED: dict[str, type[Model]] = {
    "inputs": Input,
    "form": Input,
    "park": Park,
    "verify": Verify,
    "session": SessionNeeds,
    "defaults": Defaults,
    "retry": Retry,
    "elif": Elif,
    "cases": Case,
    "catch": Catch,
    "throw": Thrown,
    "wait": Until,
}
_COLLECTIONS = frozenset({"inputs", "form", "elif", "cases", "catch"})
_UNIONS = frozenset({"if", "while", "assert", "break", "continue", "for_each", "throw", "wait", "on", "holds"})
"""Fields that take values of several types: pydantic reports what is wrong for each of them."""
_KINDS: dict[str, Kind] = {"missing": "missing", "extra_forbidden": "unknown", "union_tag_not_found": "step"}
_DEFECTS: dict[str, Defect] = {
    "missing": Defect.MISSING_FIELD,
    "unknown": Defect.UNKNOWN_FIELD,
    "key": Defect.WRONG_NAME,
    "step": Defect.UNKNOWN_STEP,
}
_CODES: dict[str, Defect] = {
    "union": Defect.WRONG_TYPE,
    "too_short": Defect.EMPTY,
    "too_long": Defect.OUT_OF_RANGE,
    "string_too_long": Defect.OUT_OF_RANGE,
    "string_too_short": Defect.EMPTY,
    "greater_than_equal": Defect.OUT_OF_RANGE,
    "less_than_equal": Defect.OUT_OF_RANGE,
}
_NAMES = frozenset({NAME_PATTERN, DOCUMENT_NAME_PATTERN, NODE_PATTERN})
_MOST = 2000
"""More raw errors than anyone will read; hostile documents have as many as they have values."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake."""

    kind: Kind
    path: Path
    """Where it is; for a missing field, where it should be."""
    model: type[Model]
    """What the mapping around it is meant to be."""
    field: str | None
    """The field of that mapping; None when all of it is meant."""
    code: str
    """Pydantic's name of the mistake; `union` when no type fits that the field may have."""
    value: JsonValue
    """What the author wrote."""
    context: dict[str, Any]
    """What pydantic knows of it."""

    @property
    def defect(self) -> Defect:
        """What kind of problem it is."""
        if self.kind in _DEFECTS:
            return _DEFECTS[self.kind]
        if self.kind == "block" and self.code == "value_error":
            return Defect.FIELDS_AT_ODDS
        if self.context.get("pattern") in _NAMES:
            return Defect.WRONG_NAME
        return _CODES.get(self.code, Defect.WRONG_TYPE if self.code.endswith("_type") else Defect.WRONG_VALUE)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A field that takes several types, and the one pydantic tried."""

    path: Path
    model: type[Model]
    member: str

    def fits(self, value: JsonValue) -> bool:
        """Whether the author can have meant this type."""
        match value:
            case bool():
                return self.member == "bool"
            case str():
                return self.member in {"str", "constrained-str"}
            case list():
                return self.member.startswith(("list[", "tuple["))
            case dict():
                return self.member.startswith("dict[") or self.member in {"Thrown", "Until"}
            case _:
                return False


@dataclass(slots=True)
class _Place:
    """Where one of pydantic's errors is: its `loc` without the types that were tried."""

    path: list[str | int]
    model: type[Model] = Document
    field: str | None = None
    choices: list[_Choice] = dataclass_field(default_factory=list)
    key: bool = False


def faults_of(error: ValidationError, tree: JsonValue) -> list[Fault]:
    """All faults of a document: one per mistake, not one per type that was tried."""
    found: dict[tuple[Path, Kind], Fault] = {}
    unfit: dict[Path, Fault] = {}
    for detail in islice(error.errors(include_url=False, include_input=False), _MOST):
        place = _locate(detail["loc"])
        path = tuple(place.path)
        value = value_at(tree, path)
        wrong = next((choice for choice in place.choices if not choice.fits(value_at(tree, choice.path))), None)
        if wrong is not None:
            written = value_at(tree, wrong.path)
            fault = Fault("value", wrong.path, wrong.model, str(wrong.path[-1]), "union", written, {})
            unfit.setdefault(wrong.path, fault)
        elif not (detail["type"] == "too_short" and value):  # its items are wrong, which others say
            kind = _kind(detail, place)
            fault = Fault(kind, path, place.model, place.field, detail["type"], value, detail.get("ctx", {}))
            found.setdefault((path, kind), fault)
    explained = {path[:length] for path, _ in found for length in range(len(path) + 1)}
    return [*found.values(), *(fault for path, fault in unfit.items() if path not in explained)]


def value_at(tree: JsonValue, path: Path) -> JsonValue:
    """What stands at a place of a tree; None where there is nothing."""
    for part in path:
        if isinstance(tree, dict):
            tree = tree.get(str(part))
        else:
            tree = tree[part] if isinstance(tree, list) and isinstance(part, int) and part < len(tree) else None
    return tree


def _kind(detail: ErrorDetails, place: _Place) -> Kind:
    if place.key:
        return "key"
    if place.field is None and detail["type"] != "union_tag_not_found":
        return "block"
    return _KINDS.get(detail["type"], "value")


def _locate(loc: tuple[str | int, ...]) -> _Place:
    """Walk the models along an error's `loc`, leaving out the names of types and of kinds of steps."""
    place = _Place([])
    rest = list(reversed(loc))
    while rest:
        name = rest.pop()
        if name == "[key]":
            place.key = True
            break
        place.path.append(name)
        if not _enter(place, name, rest):
            break
    return place


def _enter(place: _Place, name: str | int, rest: list[str | int]) -> bool:
    """Go into a field; whether the models are still known there."""
    model, place.field = place.model, str(name)
    member = None
    if rest and _has_choice(model, name):
        member = str(rest.pop())
        place.choices.append(_Choice(tuple(place.path), model, member))
    if model is ParallelStep and name == BRANCH_FIELD and rest and rest[0] != "[key]":
        place.field = str(rest.pop())
        place.path.append(place.field)
        return _enter_step(place, rest)
    if _holds_steps(model, name):
        return _enter_step(place, rest)
    nested = _NESTED.get(str(name))
    if not rest or nested is None or (member is not None and member != nested.__name__):
        place.path.extend(part for part in reversed(rest) if part != "[key]")
        place.key = "[key]" in rest
        return False
    if name in _COLLECTIONS:
        place.path.append(rest.pop())
    place.model, place.field = nested, None
    return True


def _enter_step(place: _Place, rest: list[str | int]) -> bool:
    if not rest:
        return False
    place.path.append(rest.pop())
    place.field = None
    if rest:
        place.model = STEP_MODELS[str(rest.pop())]
    return True


def _has_choice(model: type[Model], name: str | int) -> bool:
    return model not in {Document, Retry} and (name in _UNIONS or (model is ForEachStep and name == "do"))


def _holds_steps(model: type[Model], name: str | int) -> bool:
    if model is Document:
        return name in TOP_FIELDS
    named = model in {Input, Verify} or (model is NodeStep and name == "do")
    return name in BLOCK_FIELDS and not named
