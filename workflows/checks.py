"""Every fault of a document that can be known before it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from keyword import iskeyword
from typing import TypeAlias

from pydantic import JsonValue

from workflows.defect import Defect
from workflows.document import (
    Catch,
    Document,
    ForEachStep,
    NodeStep,
    SetStep,
    Step,
    Steps,
    WhileStep,
)
from workflows.duration import parse_duration
from workflows.errors import ErrorKind, ExpressionError
from workflows.expressions.template import Template, walk_templates
from workflows.inputs import default_problem
from workflows.nesting import blocks_of
from workflows.params import params_problems
from workflows.source import Path, Problem, Source
from workflows.spec import Effect, NodeSpec
from workflows.visible import RESERVED, Visible, all_steps, nearest, suggestion

_Fault: TypeAlias = tuple[Defect, str, str | None, int | None]
"""What kind of problem it is, what is wrong, what to do, and how many characters into the text."""

_Unresolved: TypeAlias = tuple[Defect, str, str]
"""Why a reference leads nowhere: what kind of problem it is, what is wrong, what to do."""

ERROR_BRANCHES = ("any", ErrorKind.BUSINESS, ErrorKind.CONFIGURATION, ErrorKind.ROBOT)


class Checks:
    """Looks at the parts of a document one by one, and remembers what is wrong with them."""

    def __init__(
        self,
        document: Document,
        specs: Mapping[str, NodeSpec],
        source: Source,
        visible: Visible,
        lost: frozenset[str],
    ) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self._specs = specs
        self._source = source
        self.visible = visible
        self._lost = lost
        self._ids: set[str] = set()
        self._caught: set[str] = set()

    def report(
        self, path: Path, code: Defect, message: str, hint: str | None = None, *, offset: int | None = None
    ) -> None:
        """Remember a fault; `offset` counts characters into a text."""
        place = self._source.position(path, key=code is Defect.UNKNOWN_PARAMETER, offset=offset)
        at = place if self._source.root else None
        self.problems.append(self._source.problem(path, code, message, hint=hint, at=at))

    def inputs(self) -> None:
        """Defaults must be values their own inputs accept."""
        for name, declared in self.document.inputs.items():
            problem = default_problem(declared)
            if problem is not None:
                self.report(("inputs", name), *problem)

    def name(self, step: Step, path: Path) -> None:
        """A step's id must be its own."""
        if step.id is None:
            return
        where = (*path, "id")
        if _reserved(step.id):
            self.report(where, Defect.TAKEN_NAME, f"{step.id!r} has a meaning of its own", "choose another id")
        elif step.id in self._ids:
            hint = "give each step an id of its own"
            self.report(where, Defect.DUPLICATE_ID, f"the id {step.id!r} is used twice", hint)
        elif self.visible.find(step.id)[0]:
            message = f"{step.id!r} is already the name of a value"
            self.report(where, Defect.TAKEN_NAME, message, "choose another id")
        self._ids.add(step.id)

    def items(self, items: JsonValue, path: Path) -> None:
        """What a loop goes through: not a condition, which has the same shape."""
        self.value(items, path)
        if isinstance(items, bool):
            self.report(path, Defect.WRONG_TYPE, "a loop needs a list or a mapping", "give its items")

    def loop_names(self, step: ForEachStep, path: Path) -> None:
        """A loop's names must not hide others."""
        for name, where in ((step.as_, "as"), (step.index, "index")):
            if name is None:
                continue
            if _reserved(name) or self.visible.find(name)[0]:
                message = f"{name!r} is already the name of a value"
                self.report((*path, where), Defect.TAKEN_NAME, message, "choose another")
        if step.index == step.as_:
            self.report((*path, "index"), Defect.TAKEN_NAME, f"{step.index!r} names the item already", "choose another")

    def set_names(self, step: SetStep, path: Path) -> None:
        """A variable must not be called like something else."""
        for name in step.set:
            taken = name in self._ids or any(name in scope for scope in self.visible.scopes)
            if taken or _reserved(name):
                message = f"{name!r} is the name of a step or loop value"
                self.report((*path, "set", name), Defect.TAKEN_NAME, message, "choose another")

    def catch(self, clause: Catch, path: Path) -> None:
        """What is caught must be something that can be thrown."""
        for name in (clause.on,) if isinstance(clause.on, str) else clause.on:
            if name in ERROR_BRANCHES or re.fullmatch(r"[A-Z][A-Za-z0-9_]*", name):
                continue
            hint = "use business, configuration, robot, any, or the name of an error type such as ElementNotFoundError"
            self.report((*path, "on"), Defect.UNKNOWN_ERROR, f"{name!r} is no kind of error", hint)
        hides = clause.as_ not in self._caught and self.visible.find(clause.as_)[0]
        if hides or _reserved(clause.as_) or clause.as_ in self._ids:
            self.report((*path, "as"), Defect.TAKEN_NAME, f"{clause.as_!r} is already taken", "choose another name")
        self._caught.add(clause.as_)

    def jump(self, word: str, condition: JsonValue, path: Path, *, inside: bool) -> None:
        """Only a loop can be left."""
        if not inside:
            hint = "use it inside 'for_each' or 'while'"
            self.report((*path, word), Defect.OUTSIDE_LOOP, f"'{word}' is outside of any loop", hint)
        self.condition(condition, (*path, word))

    def condition(self, condition: JsonValue, path: Path) -> None:
        """A condition must be one whole expression: text around or between expressions is never true or false."""
        self.value(condition, path)
        for _, template in walk_templates(condition):
            if isinstance(template, Template) and template.whole is None:
                message = f"{condition!r} gives text, which is neither true nor false"
                self.report(path, Defect.WRONG_TYPE, message, "write one ${{ … }}")

    def duration(self, value: str, path: Path) -> None:
        """A literal duration must be one."""
        templates = self.value(value, path)
        if not templates:
            try:
                parse_duration(value)
            except ValueError as error:
                self.report(path, Defect.WRONG_VALUE, str(error))

    def moment(self, value: str, path: Path) -> None:
        """A literal moment must be one, with its time zone."""
        if self.value(value, path):
            return
        try:
            aware = datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            aware = False
        if not aware:
            hint = "write ISO 8601 with a time zone, e.g. 2027-01-31T08:00:00+01:00"
            self.report(path, Defect.WRONG_VALUE, f"{value!r} is not a moment", hint)

    def values(self, values: Mapping[str, JsonValue], path: Path) -> None:
        """Several values with expressions."""
        for name, value in values.items():
            self.value(value, (*path, name))

    def value(self, value: JsonValue, path: Path, *, secrets: bool = False) -> bool:
        """A value with expressions; says whether there are any."""
        found = False
        for where, template in walk_templates(value, secrets=True):
            found = True
            for code, message, hint, offset in self._template_problems(template, secrets=secrets):
                self.report((*path, *where), code, message, hint, offset=offset)
        return found

    def node(self, step: NodeStep | ForEachStep, name: str, path: Path) -> NodeSpec:
        """A node call: its type, its parameters, and its expressions."""
        self.value(step.with_, (*path, "with"), secrets=True)
        spec = self._specs.get(name)
        if spec is None:
            meant = nearest(name, self._specs)
            hint = f"did you mean {meant!r}?" if meant else "'aether nodes' lists those there are"
            self.report((*path, "do"), Defect.UNKNOWN_NODE, f"there is no node type {name!r}", hint)
            return _UNKNOWN
        for where, code, message, advice in params_problems(spec.params, step.with_):
            self.report((*path, "with", *where), code, message, advice)
        return spec

    def _template_problems(self, template: Template | ExpressionError, *, secrets: bool) -> Iterator[_Fault]:
        if isinstance(template, ExpressionError):
            yield Defect.EXPRESSION_SYNTAX, template.message, None, template.offset
            return
        if not secrets:
            try:
                template.refuse_secrets()
            except ExpressionError as error:
                yield Defect.MISPLACED_SECRET, error.message, None, error.offset
                return
        for part in template.expressions:
            for reference in part.expression.references:
                for code, message, hint in self._reference_problems(reference.name, reference.path):
                    yield code, message, hint, part.offset + reference.offset

    def _reference_problems(self, name: str, path: tuple[str | int | None, ...]) -> Iterator[_Unresolved]:
        known, keys = self.visible.find(name)
        if not known and name not in self._lost:
            yield self._unknown(name)
        elif keys is not None and path and isinstance(path[0], str) and path[0] not in keys:
            yield Defect.UNKNOWN_KEY, f"{name!r} has no {path[0]!r}", suggestion(path[0], keys, what="it has")

    def _unknown(self, name: str) -> _Unresolved:
        if any(step.id == name for step in all_steps(self.document.steps)):
            return (
                Defect.OUT_OF_SCOPE,
                f"the step {name!r} has not run yet at this place, or ran in a loop that has ended",
                "use its loop's 'results', or set a variable",
            )
        hint = suggestion(name, self.visible.all(), what="known here:")
        return Defect.UNDEFINED_NAME, f"the name {name!r} is not defined", hint


_UNKNOWN = NodeSpec(
    type="unknown.node",
    summary="",
    description="",
    example="",
    capability="unknown",
    session=False,
    effect=Effect.ONCE,
    timeout=timedelta(seconds=30),
    params={},
    result={},
)
"""Stands in for a node type that does not exist, so that the rest of the document can be checked."""


def _reserved(name: str) -> bool:
    """Whether expressions read a name as something else."""
    return name in RESERVED or iskeyword(name)


def kept_loops(document: Document) -> set[str | None]:
    """The loops whose results some expression can see; the results of others need not be kept."""
    seen = {name for name, path in _references(document) if path[:1] != ("count",)}
    return set(_kept(document.steps, seen, visible=False))


def _kept(steps: Steps, seen: set[str], *, visible: bool) -> Iterator[str]:
    for step in steps:
        here = visible or step.id in seen
        if here and step.id is not None and isinstance(step, ForEachStep | WhileStep):
            yield step.id
        for _, inner in blocks_of(step):
            yield from _kept(inner, seen, visible=here)


def secrets_of(document: Document) -> tuple[str, ...]:
    """The names of all secrets that a document uses."""
    templates = walk_templates(document.model_dump(mode="json", by_alias=True), secrets=True)
    return tuple(sorted({name for _, each in templates if isinstance(each, Template) for name in each.secrets}))


def _references(document: Document) -> Iterator[tuple[str, tuple[str | int | None, ...]]]:
    for _, template in walk_templates(document.model_dump(mode="json", by_alias=True), secrets=True):
        if isinstance(template, Template):
            for part in template.expressions:
                for reference in part.expression.references:
                    yield reference.name, reference.path
