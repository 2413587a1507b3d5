"""What the expressions of a document mention."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.document import Document
from workflows.expressions.template import Template, walk_templates
from workflows.kind import ForEachStep, Steps, WhileStep
from workflows.nesting import blocks_of


def kept_loops(document: Document) -> set[str | None]:
    """The loops whose results some expression can see; the results of others need not be kept."""
    seen = {name for name, path in _references(document) if path[:1] != ("count",)}
    return {name for steps in document.lists.values() for name in _kept(steps, seen, visible=False)}


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
