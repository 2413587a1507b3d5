"""The text of a document to a `Document`, or to all that is wrong with it at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from workflows.compose import MAX_PROBLEMS, compose
from workflows.defect import Defect
from workflows.document import Document
from workflows.fault import Fault, faults_of
from workflows.repair import copied, repair
from workflows.source import (
    ARM_FIELDS,
    BLOCK_FIELDS,
    BRANCH_FIELD,
    TOP_FIELDS,
    DocumentError,
    Path,
    Problem,
    Source,
    step_of,
)
from workflows.wording import describe, show, without_echoes

BARE_WORDS = frozenset({"break", "continue", "return"})
"""Steps that may be written as a single word."""

_MAX_REPAIRS = 5


@dataclass(frozen=True, slots=True)
class Parsed:
    """A sound document, and where its parts stand."""

    document: Document
    source: Source


@dataclass(frozen=True, slots=True)
class Reading:
    """What could be made of a text."""

    document: Document | None
    """The document without its broken parts; None when too little is left."""
    source: Source
    problems: tuple[Problem, ...]
    """In the order of the text."""
    lost: frozenset[str] = frozenset()
    """Names that may be defined in the broken parts: nobody can tell what they refer to."""


def parse(text: str | bytes, *, file: str) -> Parsed:
    """Read a document.

    Raises:
        DocumentError: with all that is wrong with it.
    """
    reading = read(text, file=file)
    if reading.document is None or reading.problems:
        raise DocumentError(reading.problems)
    return Parsed(reading.document, reading.source)


def read(text: str | bytes, *, file: str) -> Reading:
    """Read as much of a document as can be read."""
    try:
        source, problems = compose(text, file=file)
    except DocumentError as error:
        return Reading(None, Source(file), error.problems)
    tree = source.value(())
    if not isinstance(tree, dict):
        message = f"a document is a mapping, not {show(tree)}"
        problems.append(source.problem((), Defect.WRONG_TYPE, message, hint="start it with 'aether: 1'"))
        return _reading(None, source, problems)
    return _validate(_spelled_out(tree), source, problems)


def _validate(tree: JsonValue, source: Source, problems: list[Problem]) -> Reading:
    reported: set[Path] = set()
    lost: set[str] = set()
    repairs = 0
    while True:
        try:
            document = Document.model_validate_json(json.dumps(tree), strict=True)
        except ValidationError as error:
            faults = faults_of(error, tree)
        else:
            return _reading(document, source, problems, lost)
        fresh = [fault for fault in faults if _area(fault.path) not in reported]
        reported.update(_area(fault.path) for fault in fresh)
        problems.extend(_problem(fault, source) for fault in without_echoes(fresh)[: MAX_PROBLEMS - len(problems)])
        if len(problems) >= MAX_PROBLEMS or repairs == _MAX_REPAIRS:
            return _reading(None, source, problems, lost)
        lost |= repair(tree, faults)
        repairs += 1


def _reading(
    document: Document | None, source: Source, problems: list[Problem], lost: set[str] | frozenset[str] = frozenset()
) -> Reading:
    ordered = sorted(problems, key=lambda problem: problem.order)
    return Reading(document, source, tuple(ordered), frozenset(lost))


def _area(path: Path) -> Path:
    """The part of the document that is looked at once: a step, or a field outside of all steps."""
    return path[: step_of(path)] or path[:2]


def _problem(fault: Fault, source: Source) -> Problem:
    message, hint = describe(fault)
    key = fault.kind in {"unknown", "key"}
    return source.problem(fault.path, fault.defect, message, hint=hint, at=source.position(fault.path, key=key))


def _spelled_out(document: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The document with its steps of one word written as mappings, and nothing shared."""
    whole = copied(document)
    blocks = [whole.get(field) for field in TOP_FIELDS]
    while blocks:
        block = blocks.pop()
        items = block if isinstance(block, list) else []
        for number, step in enumerate(items):
            if isinstance(step, str) and step in BARE_WORDS:
                items[number] = {step: None}
            elif isinstance(step, dict):
                blocks.extend(_blocks(step))
    return whole


def _blocks(step: dict[str, JsonValue]) -> Iterator[JsonValue]:
    """What is written in the places where a step has steps of its own."""
    yield from (step[name] for name in BLOCK_FIELDS & step.keys())
    if isinstance(branches := step.get(BRANCH_FIELD), dict):
        yield from branches.values()
    arms = [step[name] for name in ARM_FIELDS & step.keys()]
    for arm in (arm for items in arms if isinstance(items, list) for arm in items if isinstance(arm, dict)):
        yield from (arm[name] for name in ("then", "do") if name in arm)
