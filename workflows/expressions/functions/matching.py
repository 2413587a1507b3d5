"""Texts held against patterns: regular expressions, as Python writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Self

from pydantic import JsonValue

from workflows.expressions.argument import as_integer, as_text
from workflows.expressions.frame import Frame
from workflows.expressions.function import Function
from workflows.expressions.value import MAX_TEXT, RefusedError, bounded_items, bounded_text, suggestion
from workflows.regex.pattern import Match
from workflows.regex.syntax import PatternError, Syntax, read

_SIGN = re.compile(r"\\(?:(?P<number>[1-9][0-9]?)|g<(?P<name>[^<>]*)>|(?P<letter>.?))", re.DOTALL)
_LETTERS = {"\\": "\\", "n": "\n", "t": "\t", "r": "\r"}


def matches(frame: Frame, text: JsonValue, pattern: JsonValue) -> JsonValue:
    """Whether a whole text matches a pattern; whether a part does: `extract(…) is not None`."""
    given, expression = as_text(text, "matches()"), as_text(pattern, "matches()")
    try:
        return frame.matcher.fullmatch(expression, given) is not None
    except PatternError as error:
        raise RefusedError(error) from None


def extract(frame: Frame, text: JsonValue, pattern: JsonValue) -> JsonValue:
    """The first part of a text that matches a pattern, or of it what is in ( ); null where none does."""
    found = next(_found(frame, text, pattern, "extract()"), None)
    return None if found is None else _value(found)


def extract_all(frame: Frame, text: JsonValue, pattern: JsonValue) -> JsonValue:
    """All parts of a text that match a pattern, or of each what is in ( ); names in `(?P<name>…)` make objects."""
    values = [_value(found) for found in _found(frame, text, pattern, "extract_all()")]
    bounded_items(len(values), frame.fuel)
    return values


def replace_matches(
    frame: Frame, text: JsonValue, pattern: JsonValue, replacement: JsonValue, limit: JsonValue = -1
) -> JsonValue:
    r"""The text with each part that matches a pattern replaced; `\1` or `\g<name>` stands for what is in ( )."""
    given, most = as_text(text, "replace_matches()"), as_integer(limit, "replace_matches()")
    new = _Replacement.read(as_text(replacement, "replace_matches()"), _syntax(pattern, "replace_matches()"))
    parts, place, length = [""], 0, len(given)
    for match in _limited(_found(frame, given, pattern, "replace_matches()"), most):
        written = new.write(match)
        length += len(written) - (match.end - match.start)
        if length > MAX_TEXT:
            break
        frame.fuel.spend(len(written) >> 6)
        parts += given[place : match.start], written
        place = match.end
    bounded_text(length, frame.fuel)
    return "".join([*parts, given[place:]])


def split_at(frame: Frame, text: JsonValue, pattern: JsonValue, limit: JsonValue = -1) -> JsonValue:
    """The parts of a text between those that match a pattern."""
    given, most = as_text(text, "split_at()"), as_integer(limit, "split_at()")
    parts: list[JsonValue] = []
    place = 0
    for match in _limited(_found(frame, given, pattern, "split_at()"), most):
        parts.append(given[place : match.start])
        place = match.end
    bounded_items(len(parts) + 1, frame.fuel)
    return [*parts, given[place:]]


def _syntax(pattern: JsonValue, caller: str) -> Syntax:
    try:
        return read(as_text(pattern, caller))
    except PatternError as error:
        raise RefusedError(error) from None


def _found(frame: Frame, text: JsonValue, pattern: JsonValue, caller: str) -> Iterator[Match]:
    """The matches from left to right."""
    given, expression = as_text(text, caller), as_text(pattern, caller)
    try:
        yield from frame.matcher.finditer(expression, given)
    except PatternError as error:
        raise RefusedError(error) from None


def _limited(found: Iterator[Match], limit: int) -> Iterator[Match]:
    return found if limit < 0 else islice(found, min(limit, MAX_TEXT))


def _value(match: Match) -> JsonValue:
    """What people want of a match: what is in its groups, if it has any."""
    if match.names:
        return {name: match.group(number) for name, number in match.names.items()}
    groups = [match.group(number) for number in range(1, len(match.spans))]
    if len(groups) > 1:
        return [*groups]
    return groups[0] if groups else match.group()


@dataclass(frozen=True, slots=True)
class _Replacement:
    """What is written in the place of a match."""

    parts: tuple[str | int, ...]
    """Texts, and the numbers of groups."""

    @classmethod
    def read(cls, text: str, syntax: Syntax) -> Self:
        """Take a replacement apart.

        Raises:
            RefusedError: it means a group that the pattern does not have, or a sign that there is not.
        """
        parts: list[str | int] = []
        place = 0
        for sign in _SIGN.finditer(text):
            parts += text[place : sign.start()], _meant(sign, syntax)
            place = sign.end()
        return cls((*parts, text[place:]))

    def write(self, match: Match) -> str:
        """The replacement for a match."""
        return "".join(part if isinstance(part, str) else match.group(part) or "" for part in self.parts)


def _meant(sign: re.Match[str], syntax: Syntax) -> str | int:
    if (letter := sign["letter"]) is not None:
        if letter in _LETTERS:
            return _LETTERS[letter]
        raise RefusedError(f"{sign.group()!r} means nothing in a replacement: write \\\\ for a backslash")
    group = sign["number"] or sign["name"]
    number = syntax.names.get(group, int(group) if group.isdecimal() else -1)
    if 0 <= number <= syntax.groups:
        return number
    there = suggestion(group, syntax.names) if syntax.names else f"the pattern has {syntax.groups} groups"
    raise RefusedError(f"{sign.group()!r} means a group that is not there: {there}")


_CHECKS = {"pattern": lambda text: _syntax(text, "")}
MATCHING = (
    Function("matches", matches, r"matches('INV-2026', r'INV-\d{4}')", result=True, cost=20, checks=_CHECKS),
    Function("extract", extract, r"extract('Re: INV-2026 (paid)', r'INV-(\d+)')", "2026", cost=20, checks=_CHECKS),
    Function("extract_all", extract_all, r"extract_all('7 of 12', r'\d+')", ["7", "12"], cost=20, checks=_CHECKS),
    Function(
        "replace_matches",
        replace_matches,
        r"replace_matches('5.3.2026', r'(\d+)\.(\d+)\.(\d+)', r'\3-\2-\1')",
        "2026-3-5",
        cost=20,
        checks=_CHECKS,
    ),
    Function("split_at", split_at, r"split_at('a; b,c', r'[;,]\s*')", ["a", "b", "c"], cost=20, checks=_CHECKS),
)
