"""A `Document` as its canonical text: the same text for the same document, and the same document again when read."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator

from pydantic import JsonValue

from workflows.document import Document
from workflows.parse import BARE_WORDS
from workflows.scalar import is_plain
from workflows.source import BLOCK_FIELDS, BRANCH_FIELD, TOP_FIELDS

WIDTH = 100
"""Characters of a line, where a shorter form is the same."""

_TOP = (
    *("aether", "name", "description", "inputs", "needs", "prefer", "affinity", "priority", "limits"),
    *("on_failure", "park", "timeout", "cleanup", "sla", "evidence", "video", "defaults", "steps"),
    *("restore", "outputs"),
)
_STEP = (
    *("id", "description", "when", "on", "if", "for_each", "as", "index", "while", "switch", "try", "set", "assert"),
    *("message", "throw", "break", "continue", "return", "wait", "call", "approve", "receive", "session", "on_error"),
    *("do", "with", "inline", "detach", "form", "by", "key", "expires", "timeout", "retry", "effect", "verify"),
    *("limit", "parallel", "then", "elif", "else", "cases", "default", "catch", "finally", "on_expiry", "undo"),
)
_STEP_LISTS = BLOCK_FIELDS | {*TOP_FIELDS, "elif", "cases", "catch", BRANCH_FIELD}
_MOST_ON_A_LINE = 8
"""Entries of a mapping or list that is written on one line."""
_ONE_WORD = [{word: None} for word in sorted(BARE_WORDS)]
_LONGEST_KEY = 500
"""YAML's short form of a mapping entry allows keys of about twice as many bytes."""

_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_UNFIT_FOR_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def print_document(document: Document) -> str:
    """Write a document so that reading gives it back; only what its author set is written.

    Raises:
        ValueError: it holds a number that documents cannot express.
    """
    tree = document.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return "\n".join(_top(tree)) + "\n"


def _top(tree: dict[str, JsonValue]) -> Iterator[str]:
    for name in _TOP:
        if name in tree:
            yield from _entry(name, tree[name], "", name=name, flat=name in {"needs", "prefer"})


def _entry(key: str, value: JsonValue, margin: str, *, name: str | None, flat: bool) -> Iterator[str]:
    """One entry of a mapping, from its margin on; `name` is the field of a document or step it is, if it is one."""
    written = name or _text(key)
    head = f"{margin}{written}:" if len(written) <= _LONGEST_KEY else f"{margin}? {written}\n{margin}:"
    yield from _attached(head, value, margin, name=name, flat=flat)


def _attached(head: str, value: JsonValue, margin: str, *, name: str | None, flat: bool) -> Iterator[str]:
    """A value behind the key it belongs to, on the same line if it is short."""
    if isinstance(value, str) and _is_block(value):
        yield f"{head} {_chomping(value)}"
        yield from (f"{margin}  {line}" if line else "" for line in value.removesuffix("\n").split("\n"))
    elif not isinstance(value, dict | list) or not value:
        yield f"{head} {print_value(value)}"
    elif flat and (short := _short(value, len(head))):
        yield f"{head} {short}"
    else:
        yield head
        yield from _block(value, margin + "  ", name=name)


def _block(value: dict[str, JsonValue] | list[JsonValue], margin: str, *, name: str | None) -> Iterator[str]:
    """A mapping or list over several lines."""
    if isinstance(value, dict) and name == BRANCH_FIELD:
        for branch, steps in value.items():
            yield from _attached(f"{margin}{_text(branch)}:", steps, margin, name=name, flat=False)
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _entry(key, item, margin, name=None, flat=True)
        return
    for item in value:
        yield from _item(item, margin, steps=name in _STEP_LISTS)


def _item(item: JsonValue, margin: str, *, steps: bool) -> Iterator[str]:
    """One item of a list, from its dash on."""
    if steps and isinstance(item, dict):
        if item in _ONE_WORD:
            yield f"{margin}- {next(iter(item))}"
            return
        lines = _step(item, margin + "  ")
    elif isinstance(item, dict | list) and item and not _short(item, len(margin)):
        lines = _block(item, margin + "  ", name=None)
    else:
        yield from _attached(f"{margin}-", item, margin, name=None, flat=True)
        return
    for number, line in enumerate(lines):
        yield line if number else f"{margin}- {line[len(margin) + 2 :]}"


def _step(step: dict[str, JsonValue], margin: str) -> Iterator[str]:
    """A step, or an arm of one: its id first, what is inside last."""
    for key in sorted(step, key=_STEP.index):
        yield from _entry(key, step[key], margin, name=key, flat=key not in _STEP_LISTS)


def _short(value: JsonValue, margin: int) -> str | None:
    """A mapping or list on one line, if that is as easy to read."""
    if not _is_simple(value, levels=2):
        return None
    text = print_value(value)
    return text if margin + len(text) < WIDTH else None


def _is_simple(value: JsonValue, *, levels: int) -> bool:
    """Whether a value has few levels, few entries and no texts of several lines."""
    match value:
        case dict() | list():
            parts = value.values() if isinstance(value, dict) else value
            return (
                levels > 0
                and len(value) <= _MOST_ON_A_LINE
                and all(_is_simple(part, levels=levels - 1) for part in parts)
            )
        case str():
            return not _is_block(value)
        case _:
            return True


def print_value(value: JsonValue) -> str:
    """A value of any kind on one line."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return _text(value)
        case dict():
            return "{" + ", ".join(f"{_text(key)}: {print_value(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(print_value, value)) + "]"
        case _:
            return _number(value)


def _number(value: float) -> str:
    if not math.isfinite(value) or (isinstance(value, int) and not -(2**63) <= value < 2**63):
        raise ValueError(f"a document cannot hold the number {value!r}")
    return repr(value)


def _text(value: str) -> str:
    """A text on one line, quoted where it needs to be."""
    if is_plain(value):
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    if "\\" in quoted[1:-1] and not _UNFIT_FOR_LINES.search(value) and not {"\n", "\t"} & set(value):
        return "'" + value.replace("'", "''") + "'"
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", quoted)


def _is_block(value: str) -> bool:
    """Whether a text is written line by line."""
    return "\n" in value and not value[0].isspace() and not _UNFIT_FOR_LINES.search(value)


def _chomping(value: str) -> str:
    if not value.endswith("\n"):
        return "|-"
    return "|+" if value.endswith("\n\n") else "|"
