"""Which names an expression may use at each place of a document."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic import JsonValue

from workflows.document import Document
from workflows.kind import ApproveStep, ForEachStep, ParallelStep, SetStep, Step, Steps
from workflows.nesting import blocks_of, parts_of

Keys: TypeAlias = "Mapping[str, Keys] | None"
"""The keys a value is known to have, with what is known of their values; None when nothing is known of it."""

RESERVED = frozenset({"inputs", "run", "secret", "true", "false", "null", "True", "False", "None"})
"""Names no document may give to anything."""


def keys_of(*names: str) -> Keys:
    """These keys, with nothing known of their values."""
    return dict.fromkeys(names)


def approved_keys(step: ApproveStep) -> Keys:
    """The keys of a decision."""
    return {**dict.fromkeys(("approved", "by", "at", "note", "expired")), "form": keys_of(*step.form)}


LOOP_KEYS = keys_of("count", "results")
ERROR_KEYS = keys_of("type", "kind", "message", "step", "details")
RUN_KEYS = keys_of("id", "document", "started")
RECEIVED_KEYS = keys_of("event", "key", "data", "at", "expired")


@dataclass(frozen=True, slots=True)
class Layer:
    """The names that become known together and are forgotten together."""

    names: dict[str, Keys]
    """Those of steps, loops and caught errors."""
    variables: dict[str, Keys] | None = None
    """Those given by `set`; None where they belong to what is around."""


@dataclass
class Visible:
    """The names known at the place the compiler has come to."""

    fixed: dict[str, Keys]
    """Names every expression sees: `inputs` and `run`."""
    layers: list[Layer] = field(default_factory=lambda: [Layer({}, {})])
    """Outermost first."""

    @contextmanager
    def round(self, names: Mapping[str, Keys], body: Steps) -> Iterator[None]:
        """Inside a loop: its own names, and whatever its steps may have set in an earlier round."""
        self.learn(body)
        with self._layer(Layer(dict(names))):
            yield

    @contextmanager
    def aside(self, names: Mapping[str, Keys]) -> Iterator[dict[str, Keys]]:
        """Inside what is done beside other steps: names and variables of its own; gives the names it comes to know."""
        with self._layer(Layer(dict(names), {})) as layer:
            yield layer.names

    @contextmanager
    def also(self, name: str, keys: Keys) -> Iterator[None]:
        """One name more."""
        with self._layer(Layer({name: keys})):
            yield

    @contextmanager
    def apart(self, body: Steps) -> Iterator[None]:
        """Where nothing is known but what steps of elsewhere may have set."""
        outer, self.layers = self.layers, [Layer({}, {})]
        self.learn(body)
        try:
            yield
        finally:
            self.layers = outer

    def learn(self, body: Steps) -> None:
        """Count everything that some step of these sets as set."""
        for name in _set_names(body):
            self.give(name)

    def give(self, name: str) -> None:
        """A variable has a value."""
        owned = (layer.variables for layer in reversed(self.layers) if layer.variables is not None)
        next(owned)[name] = None

    def add(self, name: str, keys: Keys) -> None:
        """A step has run."""
        self.layers[-1].names[name] = keys

    def find(self, name: str) -> tuple[bool, Keys]:
        """Whether a name is visible, and the keys its value is known to have."""
        for names in self._all():
            if name in names:
                return True, names[name]
        return False, None

    def hides(self, name: str) -> bool:
        """Whether a variable of this name would hide a step, a loop value or a caught error."""
        return any(name in layer.names for layer in self.layers)

    def shares(self, name: str) -> bool:
        """Whether the name is known to what goes on beside this place."""
        inner = next(depth for depth in reversed(range(len(self.layers))) if self.layers[depth].variables is not None)
        return any(name in (layer.variables or {}) for layer in self.layers[:inner])

    def all(self) -> set[str]:
        """Every visible name."""
        return {name for names in self._all() for name in names}

    def _all(self) -> Iterator[dict[str, Keys]]:
        for layer in reversed(self.layers):
            yield layer.names
            yield layer.variables or {}
        yield self.fixed

    @contextmanager
    def _layer(self, layer: Layer) -> Iterator[Layer]:
        self.layers.append(layer)
        yield layer
        self.layers.pop()


def fixed_names(document: Document) -> dict[str, Keys]:
    """The names that every expression of a document sees."""
    return {"inputs": keys_of(*document.inputs), "run": RUN_KEYS}


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1)), None)


def suggestion(word: str, known: Iterable[str], *, what: str) -> str:
    """What to say about a word that is not known: the one that was probably meant, or those there are."""
    listed = sorted(known)
    meant = nearest(word, listed)
    return f"did you mean {meant!r}?" if meant is not None else f"{what} {', '.join(listed) or 'nothing'}"


def all_steps(document: Document) -> Iterator[Step]:
    """Every step of a document, at any depth, in the order written."""
    for steps in document.lists.values():
        yield from steps_in(steps)


def steps_in(steps: Steps) -> Iterator[Step]:
    """Every step inside a list of steps, at any depth, in the order written."""
    for step in steps:
        yield step
        for _, inner in blocks_of(step):
            yield from steps_in(inner)


def side_by_side(step: Step) -> bool:
    """Whether parts of a step are done beside each other, so that each has variables of its own."""
    return isinstance(step, ParallelStep) or (isinstance(step, ForEachStep) and step.parallel is not None)


def _set_names(steps: Steps) -> Iterator[str]:
    for step in steps:
        if isinstance(step, SetStep):
            yield from step.set
        for _, inner in () if side_by_side(step) else parts_of(step):
            yield from _set_names(inner)


def loop_names(step: ForEachStep) -> dict[str, Keys]:
    """The names a loop gives to its rounds."""
    return dict.fromkeys([step.as_, *([step.index] if step.index else [])])


def result_keys(schema: Mapping[str, JsonValue]) -> Keys:
    """The keys a node's result has, by its JSON Schema."""
    properties = schema.get("properties")
    if not isinstance(properties, dict) or schema.get("additionalProperties", True) is not False:
        return None
    return keys_of(*properties)
