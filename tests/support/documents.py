"""Documents of every shape, for Hypothesis."""

from __future__ import annotations

import string
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from pydantic import JsonValue

from workflows.document import Document

Strategy = st.SearchStrategy[dict[str, Any]]

_WORDS = (
    "null",
    "~",
    "true",
    "yes",
    "no",
    "on",
    "off",
    "1",
    "017",
    "0o17",
    "0x1F",
    "1e3",
    ".5",
    "-",
    ".inf",
    "2026-01-31",
)
_MARKS = (
    "",
    " ",
    "#",
    "a: b",
    "a #b",
    "- a",
    "? a",
    "&a",
    "*a",
    "!a",
    "%a",
    "@a",
    "`a`",
    "{a}",
    "[a]",
    "<<",
    "---",
    "...",
)

names = st.text(string.ascii_letters + string.digits + "_", min_size=1, max_size=12).map(
    lambda text: f"_{text}" if text[0].isdigit() else text
)
texts = st.one_of(
    st.text(max_size=30),
    st.text("ab \t\n:#'\"\\-|>${}[],", max_size=30),
    st.sampled_from(_WORDS + _MARKS),
    st.sampled_from(("a\nb", "a\n", "a\n\nb\n\n", "\n", " a\nb", "a\n  b", "a\n \n", "${{ rows['a'] }}", 'say "no"\n')),
)
numbers = st.one_of(
    st.integers(min_value=-(2**63), max_value=2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)
)
values: st.SearchStrategy[JsonValue] = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)
"""Anything a document can hold as data."""

expressions = st.sampled_from(("${{ 1 }}", "${{ inputs.a == 'x: y' }}", ' ${{ rows["a"] }} ', "${{\n  [1, 2]\n}}"))
durations = st.integers(min_value=0, max_value=10_000_000_000).map(lambda number: timedelta(milliseconds=number))
nodes = st.sampled_from(("browser.click", "http.request", "a.b.c_d2"))
tags = st.sampled_from(("browser", "linux", "a.b-c_1"))
document_names = st.text(string.ascii_letters + string.digits + "._/-", min_size=1, max_size=20).map(
    lambda text: text if text[0].isalnum() else f"a{text}"
)


def mapping(required: dict[str, Any], optional: dict[str, Any] | None = None) -> Strategy:
    """Mappings with all required and any of the optional fields."""
    return st.fixed_dictionaries(required, optional=optional or {})


def inputs() -> Strategy:
    """What a run may be started with."""
    kinds = st.sampled_from(("string", "integer", "number", "boolean", "list", "object", "file", "any"))
    optional = {
        "description": texts,
        "default": values,
        "choices": st.lists(values, min_size=1, max_size=3),
        "minimum": st.floats(allow_nan=False, allow_infinity=False),
        "pattern": texts,
    }
    return st.dictionaries(names, mapping({"type": kinds}, optional), max_size=3)


_CONDITIONS = st.one_of(st.booleans(), expressions)
_DELAYS = st.lists(durations, max_size=3)
_RETRY = mapping(
    {"delays": _DELAYS},
    {
        "jitter": st.floats(min_value=0, max_value=1, allow_subnormal=False),
        "on": st.dictionaries(names.map(lambda name: f"E{name}"), _DELAYS, max_size=2),
    },
)
_VERIFY = mapping(
    {"do": nodes},
    {
        "with": st.dictionaries(texts, values, max_size=2),
        "holds": st.one_of(st.none(), _CONDITIONS),
        "absence": st.sampled_from(("proves", "unsure")),
        "settle": durations,
    },
)
_COMMON: dict[str, Any] = {"id": st.one_of(st.none(), names), "description": st.one_of(st.none(), texts)}
_OPTIONS: dict[str, Any] = {
    "with": st.dictionaries(texts, values, max_size=3),
    "timeout": st.one_of(st.none(), durations),
    "retry": st.one_of(st.none(), _RETRY),
    "effect": st.sampled_from((None, "read", "idempotent", "once")),
    "verify": st.one_of(st.none(), _VERIFY),
}
_LONG: dict[str, Any] = _COMMON | {"timeout": st.one_of(st.none(), durations)}
_ON_ERROR = st.sampled_from(("cancel", "wait"))
_ROUNDS = {"parallel": st.integers(min_value=1, max_value=500)}
_FORM = {"form": inputs(), "by": st.lists(texts, max_size=2)}
_KEY = {"key": st.one_of(st.none(), texts)}
_EVENTS = st.text(min_size=1, max_size=10)
_VARIABLES = st.dictionaries(names, values, min_size=1, max_size=3)
_ITEMS = st.one_of(_CONDITIONS, st.lists(values, max_size=3), st.dictionaries(texts, values, max_size=3))
_THROWN = mapping(
    {"message": texts},
    {"type": names, "kind": st.sampled_from(("business", "configuration", "robot")), "details": values},
)
_LEAVES = st.one_of(
    mapping({"do": nodes}, _COMMON | _OPTIONS),
    mapping({"for_each": _ITEMS, "do": nodes}, _COMMON | _OPTIONS | {"as": names, "index": names}),
    mapping({"for_each": _ITEMS, "do": nodes} | _ROUNDS, _COMMON | _OPTIONS | {"on_error": _ON_ERROR}),
    mapping(
        {"call": texts, "inline": st.sampled_from((True,))},
        _LONG | {"with": st.dictionaries(texts, values, max_size=2)},
    ),
    mapping({"call": texts}, _COMMON | {"detach": st.booleans()}),
    mapping({"approve": texts}, _COMMON | {"expires": st.one_of(st.none(), texts)} | _FORM),
    mapping({"receive": _EVENTS}, _COMMON | {"expires": st.one_of(st.none(), texts)} | _KEY),
    mapping({"set": _VARIABLES}, _COMMON),
    mapping({"assert": _CONDITIONS}, _COMMON | {"message": st.one_of(st.none(), texts)}),
    mapping({"throw": st.one_of(texts, _THROWN)}, _COMMON),
    mapping({"break": st.one_of(st.none(), _CONDITIONS)}, _COMMON),
    mapping({"continue": st.one_of(st.none(), _CONDITIONS)}, _COMMON),
    mapping({"return": st.one_of(st.none(), st.dictionaries(names, values, max_size=2))}, _COMMON),
    mapping({"wait": st.one_of(texts, mapping({"until": texts}))}, _COMMON),
)


def _with_blocks(step: Strategy) -> Strategy:
    block = st.lists(step, min_size=1, max_size=3)
    arms = st.lists(mapping({"if": _CONDITIONS, "then": block}), max_size=2)
    cases = st.lists(mapping({"when": values, "do": block}), min_size=1, max_size=2)
    on = st.one_of(texts, st.lists(texts, max_size=2))
    clauses = st.lists(mapping({"do": block}, {"on": on, "as": names}), min_size=1, max_size=2)
    limit = st.integers(min_value=1, max_value=1_000_000)
    session = mapping({}, {"needs": st.lists(tags, max_size=2)})
    branches = st.dictionaries(names, block, min_size=1, max_size=2)
    late = {"expires": texts, "on_expiry": block}
    return st.one_of(
        mapping({"for_each": _ITEMS, "do": block}, _LONG | {"as": names, "index": names}),
        mapping({"for_each": _ITEMS, "do": block} | _ROUNDS, _LONG | {"on_error": _ON_ERROR}),
        mapping({"parallel": branches}, _LONG | {"on_error": _ON_ERROR}),
        mapping({"session": session, "do": block}, _LONG),
        mapping({"do": nodes, "undo": block}, _COMMON | _OPTIONS),
        mapping({"call": texts, "undo": block}, _LONG),
        mapping({"approve": texts} | late, _COMMON | _FORM),
        mapping({"receive": _EVENTS} | late, _COMMON | _KEY),
        mapping({"while": _CONDITIONS, "do": block}, _LONG | {"limit": limit}),
        mapping({"if": _CONDITIONS, "then": block}, _LONG | {"elif": arms, "else": st.one_of(st.none(), block)}),
        mapping({"switch": values, "cases": cases}, _LONG | {"default": block}),
        mapping({"try": block, "catch": clauses}, _LONG | {"finally": block}),
        mapping({"try": block, "finally": block}, _LONG),
    )


steps: Strategy = st.recursive(_LEAVES, _with_blocks, max_leaves=6)
"""Steps as plain mappings, of every kind, with durations as timedeltas."""


def trees() -> Strategy:
    """Valid documents as plain mappings."""
    defaults = mapping({}, {"timeout": durations, "retry": _RETRY})
    optional = {
        "description": texts,
        "inputs": inputs(),
        "needs": st.lists(tags, max_size=3),
        "on_failure": st.sampled_from(("park", "fail")),
        "defaults": defaults,
        "park": mapping({}, {"hold": durations}),
        "timeout": st.one_of(st.none(), durations),
        "cleanup": durations,
        "sla": st.one_of(st.none(), durations),
        "prefer": st.lists(st.sampled_from(["fast", "new"]), max_size=2),
        "affinity": st.sampled_from(["none", "soft", "hard", "session"]),
        "priority": st.integers(0, 20),
        "limits": st.dictionaries(st.sampled_from(["sap", "licence"]), st.integers(1, 9), max_size=2),
        "restore": st.lists(steps, min_size=1, max_size=2),
        "evidence": st.sampled_from(("failure", "all", "off")),
        "video": st.booleans(),
        "outputs": st.dictionaries(names, values, max_size=3),
    }
    required = {"aether": st.just(1), "name": document_names, "steps": st.lists(steps, min_size=1, max_size=4)}
    return mapping(required, optional)


def documents() -> st.SearchStrategy[Document]:
    """Valid documents: every field, every kind of step, every kind of text.

    They obey the language's shape, not its rules of scope: ids may repeat and expressions may name nothing.
    """
    return trees().map(Document.model_validate)
