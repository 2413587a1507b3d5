"""Every fault of a document that can be known before it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from keyword import iskeyword
from typing import TypeAlias

from pydantic import JsonValue

from workflows.defect import Defect
from workflows.document import Document
from workflows.duration import parse_duration
from workflows.errors import ErrorKind, ExpressionError
from workflows.exits import Exits
from workflows.expressions.template import Template, has_template, walk_templates
from workflows.inputs import default_problem, given_problem
from workflows.kind import Catch, ForEachStep, SetStep, Step
from workflows.params import params_problems
from workflows.part import Input, Verify
from workflows.source import Path, Problem, Source
from workflows.spec import Effect, NodeSpec
from workflows.visible import RESERVED, Keys, Visible, all_steps, nearest, result_keys, suggestion

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
        key = code in {Defect.UNKNOWN_PARAMETER, Defect.UNKNOWN_INPUT}
        place = self._source.position(path, key=key, offset=offset)
        at = place if self._source.root else None
        self.problems.append(self._source.problem(path, code, message, hint=hint, at=at))

    def warn(self, path: Path, code: Defect, message: str, hint: str) -> None:
        """Remember what does no harm, but cannot be meant."""
        self.problems.append(replace(self._source.problem(path, code, message, hint=hint), severity="warning"))

    def inputs(self, declared: Mapping[str, Input], path: Path) -> None:
        """Defaults must be values their own inputs accept."""
        for name, each in declared.items():
            problem = default_problem(each)
            if problem is not None:
                self.report((*path, name), *problem)

    def form(self, form: Mapping[str, Input], path: Path) -> None:
        """What a person fills in are values, no files."""
        self.inputs(form, path)
        for name, field in form.items():
            if field.type == "file":
                hint = "ask for its path as 'string'"
                self.report((*path, name, "type"), Defect.WRONG_VALUE, "a form cannot take files", hint)

    @property
    def file(self) -> str:
        """The document's name in messages."""
        return self._source.file

    def result_keys(self, node: str) -> Keys:
        """The keys that a node's result has, as far as they are known."""
        return result_keys(self._specs[node].result) if node in self._specs else None

    def literal(self, text: str, path: Path, what: str, hint: str) -> bool:
        """What must be known before a run cannot be an expression."""
        if has_template(text):
            self.report(path, Defect.WRONG_VALUE, f"{what} is fixed, and cannot be an expression", hint)
            return False
        return True

    def given(self, declared: Mapping[str, Input], given: Mapping[str, JsonValue], path: Path) -> None:
        """What a called document is given must be what it takes."""
        for name, value in given.items():
            if name not in declared:
                hint = suggestion(name, declared, what="it has")
                self.report((*path, name), Defect.UNKNOWN_INPUT, f"the called document has no input {name!r}", hint)
            elif not has_template(value) and (problem := given_problem(declared[name], value)):
                self.report((*path, name), Defect.WRONG_VALUE, f"the called document refuses this: {problem}")
        for name, each in declared.items():
            if each.required and name not in given:
                hint = f"it is: {each.description}" if each.description else f"write '{name}: …' under 'with'"
                self.report(path, Defect.MISSING_INPUT, f"the input {name!r} of the called document is missing", hint)

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
            where = (*path, "set", name)
            if name in self._ids or self.visible.hides(name) or _reserved(name):
                message = f"{name!r} is the name of a step or loop value"
                self.report(where, Defect.TAKEN_NAME, message, "choose another")
            elif self.visible.shares(name):
                message = f"{name!r} is a variable of what is around, where others may change it at the same time"
                hint = "choose another name, and give it as the output of a step"
                self.report(where, Defect.SHARED_VARIABLE, message, hint)

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

    def jump(self, word: str, condition: JsonValue, path: Path, exits: Exits) -> None:
        """Only what a step is part of can be left."""
        if word in exits.open:
            pass
        elif exits.within is None:
            hint = "use it inside 'for_each' or 'while'"
            self.report((*path, word), Defect.OUTSIDE_LOOP, f"'{word}' is outside of any loop", hint)
        else:
            hint = "let it end, and decide by its output afterwards"
            self.report((*path, word), Defect.NO_WAY_OUT, f"'{word}' would lead out of {exits.within}", hint)
        if word == "return":
            self.value(condition, (*path, word))
        else:
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

    def node(self, name: str, params: Mapping[str, JsonValue], path: Path) -> NodeSpec:
        """A node call: its type, its parameters, and its expressions."""
        self.value(dict(params), (*path, "with"), secrets=True)
        spec = self._specs.get(name)
        if spec is None:
            meant = nearest(name, self._specs)
            hint = f"did you mean {meant!r}?" if meant else "'aether nodes' lists those there are"
            self.report((*path, "do"), Defect.UNKNOWN_NODE, f"there is no node type {name!r}", hint)
            return _UNKNOWN
        for where, code, message, advice in params_problems(spec.params, params):
            self.report((*path, "with", *where), code, message, advice)
        return spec

    def verify(self, verify: Verify, effect: Effect, path: Path) -> NodeSpec:
        """What finds out whether a step took effect must do nothing but look."""
        spec = self.node(verify.do, verify.with_, path)
        if spec is not _UNKNOWN and spec.effect_of(verify.with_) is not Effect.READ:
            message = f"{verify.do!r} may change something, and 'verify' must only look"
            self.report(
                (*path, "do"), Defect.ACTING_VERIFY, message, "use a node, or parameters, with the effect 'read'"
            )
        if effect is not Effect.ONCE:
            message = f"nobody will ask: the effect of this step is {effect.value!r}, so it is simply done again"
            self.warn(path, Defect.NEEDLESS_VERIFY, message, "remove it, or say 'effect: once' if that is the truth")
        if verify.holds is not None:
            if self.visible.find("result")[0]:
                message = "'result' is what the node found, but is already the name of a value"
                self.report((*path, "holds"), Defect.TAKEN_NAME, message, "give that value another name")
            with self.visible.also("result", result_keys(spec.result)):
                self.condition(verify.holds, (*path, "holds"))
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
        for part in path:
            if keys is None or not isinstance(part, str):
                return
            if part not in keys:
                yield Defect.UNKNOWN_KEY, f"{name!r} has no {part!r}", suggestion(part, keys, what="it has")
                return
            name, keys = f"{name}.{part}", keys[part]

    def _unknown(self, name: str) -> _Unresolved:
        if any(step.id == name for step in all_steps(self.document)):
            return (
                Defect.OUT_OF_SCOPE,
                f"the step {name!r} has not run yet here, or ran in a loop or branch that has ended",
                "use the output of its loop ('results') or of its 'parallel' step, or set a variable",
            )
        if any(isinstance(step, SetStep) and name in step.set for step in all_steps(self.document)):
            return (
                Defect.OUT_OF_SCOPE,
                f"the variable {name!r} has no value here: it is set later, or in a branch, round or undo",
                "what is set side by side or in an undo is known in there only; use a step's output",
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
