"""The serial form of a run's state: what a new execution begins with, and what is kept of a moment.

It is compact: fields that have their default are left out, and what a state holds in several places is written once.
Its version tells later builds how to read it; every version that was ever written stays readable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import MISSING, Field, dataclass, fields, replace
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, JsonValue

from workflows.errors import ConfigurationError
from workflows.frames import Frame, Scope, Stack
from workflows.plan import CallStep
from workflows.results import Kept, Results
from workflows.sharing import ReadValues, SharedValues
from workflows.state import State, Undo

VERSION: Final = 1

KIND = "is"
"""The key that tells which of several classes an object is of."""


class _Writer:
    """A state on its way out, with what its parts share."""

    def __init__(self, state: State) -> None:
        self.values = SharedValues(state)
        self.scopes: list[JsonValue] = []
        self.steps: list[JsonValue] = []
        self._known: dict[int, int] = {}

    def scope(self, scope: Scope) -> int:
        """The place of a scope among all scopes; the scope around it comes before it."""
        if id(scope) not in self._known:
            outer: list[JsonValue] = [] if scope.outer is None else [self.scope(scope.outer)]
            self.scopes.append([self.values.write(scope.names), *outer])
            self._known[id(scope)] = len(self.scopes) - 1
        return self._known[id(scope)]

    def step(self, step: CallStep) -> int:
        """The place of a step among all steps that must be known whatever becomes of the plan."""
        if id(step) not in self._known:
            self.steps.append(_model(CallStep).write(self, step))
            self._known[id(step)] = len(self.steps) - 1
        return self._known[id(step)]


class _Reader:
    """A state on its way in, with what its parts share."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.values = ReadValues(data.get("values", []))
        self.steps: list[CallStep] = [_model(CallStep).read(self, step) for step in data.get("steps", [])]
        self.scopes: list[Scope] = []
        for names, *outer in data["scopes"]:
            around = self.scopes[outer[0]] if outer else None
            self.scopes.append(Scope(cast("dict[str, JsonValue]", self.values.read(names)), around))


@dataclass(frozen=True, slots=True)
class _Form:
    """How the values of one type are written and read."""

    write: Callable[[_Writer, Any], JsonValue]
    read: Callable[[_Reader, Any], Any]


def dump(state: State) -> JsonValue:
    """The serial form of a state at rest."""
    writer = _Writer(state)
    written = _form(State).write(writer, state)
    return {
        "version": VERSION,
        "state": written,
        "scopes": writer.scopes,
        "steps": writer.steps,
        "values": writer.values.written,
    }


def load(data: JsonValue) -> State:
    """The state of a serial form.

    Raises:
        ConfigurationError: a newer build has written it, or it is none.
    """
    version = data.get("version") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(version, int):
        raise ConfigurationError(f"this is not the state of a run: {data!r:.80}")
    if version > VERSION:
        raise ConfigurationError(
            f"the state of this run has version {version}, but this build reads versions up to {VERSION}; "
            "update the orchestrators before runs of newer ones come to them"
        )
    return cast("State", _form(State).read(_Reader(data), data["state"]))


@cache
def _form(hint: Any) -> _Form:  # noqa: ANN401, PLR0911 - a type as a value; one line for each kind
    match hint:
        case _ if hint is JsonValue or JsonValue in get_args(hint)[-1:]:
            return _VALUE
        case _ if hint in _SPECIAL:
            return _SPECIAL[hint]
        case _ if hint in _PLAIN or get_origin(hint) is Literal:
            return _Form(lambda _, value: value, lambda _, value: value)
        case _ if get_origin(hint) in {Union, UnionType}:
            return _union(tuple(one for one in get_args(hint) if one is not NoneType))
        case _ if get_origin(hint) is dict:
            return _mapping(*get_args(hint))
        case _ if get_origin(hint) is tuple:
            return _sequence(get_args(hint)[0])
        case _ if issubclass(hint, BaseModel):
            return _model(hint)
        case _:
            return _record(hint)


def _union(options: Sequence[Any]) -> _Form:
    """One of several classes, or nothing."""
    if len(options) == 1:
        form = _form(options[0])
        return _Form(
            lambda out, value: None if value is None else form.write(out, value),
            lambda source, data: None if data is None else form.read(source, data),
        )
    forms = {option.__name__: _form(option) for option in options}

    def write(out: _Writer, value: object) -> JsonValue:
        kind = type(value).__name__
        return None if value is None else {KIND: kind, **cast("dict[str, JsonValue]", forms[kind].write(out, value))}

    return _Form(write, lambda source, data: None if data is None else forms[data[KIND]].read(source, data))


def _mapping(key: type, value: Any) -> _Form:  # noqa: ANN401 - a type as a value
    form = _form(value)
    return _Form(
        lambda out, items: {str(name): form.write(out, item) for name, item in items.items()},
        lambda source, data: {key(name): form.read(source, item) for name, item in data.items()},
    )


def _sequence(item: Any) -> _Form:  # noqa: ANN401 - a type as a value
    form = _form(item)
    return _Form(
        lambda out, items: [form.write(out, item) for item in items],
        lambda source, data: tuple(form.read(source, item) for item in data),
    )


@cache
def _model(model: type[BaseModel]) -> _Form:
    return _Form(
        lambda _, value: value.model_dump(mode="json", exclude_defaults=True),
        lambda _, data: model.model_validate(data),
    )


@cache
def _record(record: Any, *left_out: str) -> _Form:  # noqa: ANN401 - a type as a value
    """A dataclass by the names of its fields."""
    hints = get_type_hints(record)
    parts = [(field.name, _form(hints[field.name]), _default(field)) for field in fields(record)]
    parts = [part for part in parts if part[0] not in left_out]

    def write(out: _Writer, value: object) -> JsonValue:
        held = ((name, form, default, getattr(value, name)) for name, form, default in parts)
        return {name: form.write(out, part) for name, form, default, part in held if part != default}

    def read(source: _Reader, data: dict[str, Any]) -> object:
        return record(**{name: form.read(source, data[name]) for name, form, _ in parts if name in data})

    return _Form(write, read)


def _default(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _chain(write: Callable[[_Writer, Any], JsonValue], read: Callable[[_Reader, Any, Any], object]) -> _Form:
    """What is linked one below the other, as a list that begins at the top."""

    def write_links(out: _Writer, link: Stack | Kept | Undo | None) -> JsonValue:
        written: list[JsonValue] = []
        while link is not None:
            written.append(write(out, link))
            link = link.below
        return written

    def read_links(source: _Reader, data: list[Any]) -> object:
        link: object = None
        for written in reversed(data):
            link = read(source, written, link)
        return link

    return _Form(write_links, read_links)


_PLAIN: Final = frozenset({str, int, float, bool})
_VALUE: Final = _Form(lambda out, value: out.values.write(value), lambda source, data: source.values.read(data))
_SPECIAL: Final = {
    Scope: _Form(lambda out, scope: out.scope(scope), lambda source, number: source.scopes[number]),
    CallStep: _Form(lambda out, step: out.step(step), lambda source, number: source.steps[number]),
    Results: _Form(
        lambda out, results: [out.values.write(value) for value in results],
        lambda source, data: Results([source.values.read(value) for value in data], len(data)),
    ),
    Stack: _chain(
        lambda out, stack: _form(Frame).write(out, stack.top),
        lambda source, data, below: Stack(_form(Frame).read(source, data), below),
    ),
    Kept: _chain(
        lambda out, kept: [kept.position, out.values.write(kept.value)],
        lambda source, data, below: Kept(data[0], source.values.read(data[1]), below),
    ),
    Undo: _chain(
        lambda out, undo: _record(Undo, "below").write(out, undo),
        lambda source, data, below: replace(_record(Undo, "below").read(source, data), below=below),
    ),
}
