"""Which names an expression may use at each place of a document."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic import JsonValue

from workflows.document import Document, ForEachStep, SetStep, Step, Steps
from workflows.nesting import blocks_of

Keys: TypeAlias = frozenset[str] | None
"""The keys a value is known to have; None when nothing is known of it."""

RESERVED = frozenset({"inputs", "run", "secret", "true", "false", "null", "True", "False", "None"})
"""Names no document may give to anything."""

LOOP_KEYS = frozenset({"count", "results"})
ERROR_KEYS = frozenset({"type", "kind", "message", "step", "details"})
RUN_KEYS = frozenset({"id", "document", "started"})


@dataclass
class Visible:
    """The names known at the place the compiler has come to."""

    fixed: dict[str, Keys]
    """Names every expression sees: `inputs` and `run`."""
    variables: dict[str, Keys] = field(default_factory=dict)
    """Names given by `set`; they belong to the whole run."""
    scopes: list[dict[str, Keys]] = field(default_factory=lambda: [{}])
    """Names of steps and loops, outermost scope first."""

    @contextmanager
    def round(self, names: Mapping[str, Keys], body: Steps) -> Iterator[None]:
        """Inside a loop: its own names, and whatever its steps may have set in an earlier round."""
        self.learn(body)
        self.scopes.append(dict(names))
        yield
        self.scopes.pop()

    def learn(self, body: Steps) -> None:
        """Count everything that some step of these sets as set."""
        self.variables.update(dict.fromkeys(_set_names(body)))

    def add(self, name: str, keys: Keys) -> None:
        """A step has run."""
        self.scopes[-1][name] = keys

    def find(self, name: str) -> tuple[bool, Keys]:
        """Whether a name is visible, and the keys its value is known to have."""
        for names in (*reversed(self.scopes), self.variables, self.fixed):
            if name in names:
                return True, names[name]
        return False, None

    def all(self) -> set[str]:
        """Every visible name."""
        return set(self.fixed) | set(self.variables) | {name for names in self.scopes for name in names}


def fixed_names(document: Document) -> dict[str, Keys]:
    """The names that every expression of a document sees."""
    return {"inputs": frozenset(document.inputs), "run": RUN_KEYS}


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1)), None)


def suggestion(word: str, known: Iterable[str], *, what: str) -> str:
    """What to say about a word that is not known: the one that was probably meant, or those there are."""
    listed = sorted(known)
    meant = nearest(word, listed)
    return f"did you mean {meant!r}?" if meant is not None else f"{what} {', '.join(listed) or 'nothing'}"


def all_steps(steps: Steps) -> Iterator[Step]:
    """Every step inside a list of steps, at any depth, in the order written."""
    for step in steps:
        yield step
        for _, inner in blocks_of(step):
            yield from all_steps(inner)


def _set_names(steps: Steps) -> Iterator[str]:
    for step in all_steps(steps):
        if isinstance(step, SetStep):
            yield from step.set


def loop_names(step: ForEachStep) -> dict[str, Keys]:
    """The names a loop gives to its rounds."""
    return dict.fromkeys([step.as_, *([step.index] if step.index else [])])


def result_keys(schema: Mapping[str, JsonValue]) -> Keys:
    """The keys a node's result has, by its JSON Schema."""
    properties = schema.get("properties")
    if not isinstance(properties, dict) or schema.get("additionalProperties", True) is not False:
        return None
    return frozenset(properties)
