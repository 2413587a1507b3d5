"""Laws of reading and writing documents."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from tests.support.documents import documents, texts, trees, values
from tests.support.machine import spec
from workflows.compile import compile_plan
from workflows.document import Document
from workflows.duration import format_duration
from workflows.library import Library, Unfound
from workflows.parse import Reading, parse, read
from workflows.plan import Plan
from workflows.printing import print_document
from workflows.schema import document_schema
from workflows.source import Source
from workflows.spec import Effect

SPECS = {name: spec(name, effect) for name, effect in (("browser.click", Effect.ONCE), ("http.request", Effect.READ))}

EDITOR = jsonschema.Draft202012Validator(document_schema({}))


def exactly(document: Document) -> object:
    """All of a document: equality of models ignores which fields were set, and takes 1 for True."""
    return repr(document.model_dump(mode="json", by_alias=True, exclude_unset=True))


@given(documents())
def test_what_is_printed_reads_the_same(document: Document) -> None:
    again = parse(print_document(document), file="printed.yaml").document

    assert document == again
    assert exactly(document) == exactly(again)


@given(documents())
def test_printing_again_changes_nothing(document: Document) -> None:
    text = print_document(document)

    again = print_document(parse(text, file="printed.yaml").document)

    assert text == again


@given(trees())
def test_editors_accept_what_can_be_read(tree: dict[str, Any]) -> None:
    assert EDITOR.is_valid(json.loads(as_json(tree)))


FRAGMENTS = st.sampled_from(
    (
        *(
            "aether: 1\n",
            "name: x\n",
            "steps:\n",
            "- ",
            "  ",
            "\n",
            "\t",
            "id: a",
            "do: a.b",
            "with:",
            "{",
            "}",
            "[",
            "]",
        ),
        *(
            ": ",
            ", ",
            "? ",
            "&a ",
            "*a",
            "!!str ",
            "'",
            '"',
            "|\n",
            ">-\n",
            "#",
            "<<: ",
            "${{ x }}",
            "!<%",
            "c0%",
            "---",
            "...",
            "]",
        ),
        *("if: ", "then: ", "for_each: ", "try: ", "catch: ", "break", "\0", "\ud800", "\ufeff", "\u2028", "\\"),
    )
)
"""Pieces of which documents, and attacks on their readers, are made."""


@given(st.one_of(st.text(), st.lists(FRAGMENTS, max_size=40).map("".join), st.binary()))
def test_any_text_is_read_or_refused_in_our_words(text: str | bytes) -> None:
    reading = read(text, file="x.yaml")

    assert reading.document is not None or reading.problems
    assert all(str(problem).startswith("x.yaml:") for problem in reading.problems)


@given(st.one_of(values, trees()))
def test_any_json_is_read_or_refused_in_our_words(tree: Any) -> None:
    reading = read(as_json(tree), file="x.json")

    assert reading.document is not None or reading.problems


@given(st.data(), trees())
def test_a_damaged_document_is_read_as_far_as_it_goes(data: st.DataObject, tree: dict[str, Any]) -> None:
    damaged = damage(data, json.loads(as_json(tree)))

    reading = read(json.dumps(damaged), file="x.json")

    assert reading.document is not None
    assert all(problem.line == 1 for problem in reading.problems)


class Shelf(Library):
    """Whatever is called, the same document is there, which calls itself."""

    def __init__(self, document: Document) -> None:
        self.reading = Reading(document, Source("called.yaml"), ())

    @override
    def find(self, reference: str, *, caller: str) -> Reading | Unfound:
        return self.reading if reference else Unfound(f"{caller} names nothing", "name it")


@given(documents(), documents())
def test_any_document_is_planned_or_refused_in_our_words(document: Document, called: Document) -> None:
    compiled = compile_plan(document, SPECS, library=Shelf(called))

    assert (compiled.plan is None) == any(problem.severity == "error" for problem in compiled.problems)
    assert all(problem.message for problem in compiled.problems)
    if compiled.plan is not None:
        assert compiled.plan == Plan.model_validate_json(compiled.plan.model_dump_json())


def as_json(tree: Any) -> str:
    return json.dumps(tree, default=format_duration)


def damage(data: st.DataObject, tree: Any) -> Any:
    """Replace or remove some parts of a tree, but never all of it."""
    for _ in range(data.draw(st.integers(min_value=1, max_value=3))):
        place = tree
        while True:
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            below = place[key]
            if not (isinstance(below, dict | list) and below) or data.draw(st.booleans()):
                break
            place = below
        change = data.draw(st.sampled_from(("replace", "remove", "rename")))
        if change == "replace" or isinstance(place, list):
            place[key] = data.draw(values)
        else:
            value = place.pop(key)
            if change == "rename":
                place[data.draw(texts)] = value
        if not tree:
            return {"aether": 1}
    return tree
