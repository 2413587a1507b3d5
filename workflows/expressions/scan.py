"""Find the pieces of an expression's text: enough to see where it ends, and what Python would take differently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from workflows.errors import ExpressionError

Kind = Literal["space", "string", "number", "name", "open", "close", "other"]

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<name>[^\W\d]\w*)|(?P<number>\.?[0-9])|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<other>.)"
)
_NUMBER = re.compile(r"(?:0[xX][0-9a-fA-F]+|(?:[0-9][0-9_]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?![\w.])")
_STRINGS = {
    "'''": re.compile(r"'''(?:[^\\]|\\.)*?'''", re.DOTALL),
    '"""': re.compile(r'"""(?:[^\\]|\\.)*?"""', re.DOTALL),
    "'": re.compile(r"'(?:[^'\\\n]|\\.)*'", re.DOTALL),
    '"': re.compile(r'"(?:[^"\\\n]|\\.)*"', re.DOTALL),
}
_ESCAPE = re.compile(r"\\.", re.DOTALL)
_HEX = "[0-9a-fA-F]"
_KNOWN_ESCAPE = re.compile(rf"\\(?:[\\'\"nrt\n]|x{_HEX}{{2}}|u{_HEX}{{4}}|U00(?:0{_HEX}|10){_HEX}{{4}})")
_PREFIXES = {
    "f": "f-strings are not available: join text with + or write it outside of ${{ }}",
    "b": "bytes are not available: use a plain string",
}
_PLAIN = "remove what is before the quote, or write plain text outside of ${{ }}"


class Token(NamedTuple):
    """A piece of text."""

    kind: Kind
    text: str
    start: int
    end: int


def scan(text: str, start: int = 0) -> Iterator[Token]:
    """Split text into pieces, from a place on.

    Raises:
        ExpressionError: a string is not closed, or a literal is one that expressions do not have.
    """
    while match := _TOKEN.match(text, start):
        token = _token(text, match)
        yield token
        start = token.end


def _token(text: str, match: re.Match[str]) -> Token:
    found: Kind = match.lastgroup  # type: ignore[assignment]  # the groups are named after the kinds
    start, end = match.span()
    if found == "number":
        return _number(text, start)
    if text[start] in "'\"":
        return _string(text, start, start)
    if found == "name" and text[end : end + 1] in {"'", '"'}:
        return _string(text, start, end)
    if text[start] == "#":
        raise ExpressionError("an expression cannot hold a comment: put it beside the expression", offset=start)
    return Token(found, match.group(), start, end)


def _number(text: str, start: int) -> Token:
    match = _NUMBER.match(text, start)
    if match is None:
        found = re.compile(r"[\w.]+").match(text, start)
        near = found.group()[:40] if found else ""
        message = f"{near!r} is not a number: put a space after a number; the first element of a list is [0]"
        raise ExpressionError(message, offset=start)
    return Token("number", match.group(), start, match.end())


def _string(text: str, start: int, quote: int) -> Token:
    prefix = text[start:quote].lower()
    if prefix not in {"", "r"}:
        remedy = next((_PREFIXES[letter] for letter in prefix if letter in _PREFIXES), _PLAIN)
        raise ExpressionError(f"{text[start : quote + 1]} does not start a string: {remedy}", offset=start)
    mark = text[quote : quote + 3] if text[quote : quote + 3] in _STRINGS else text[quote]
    match = _STRINGS[mark].match(text, quote)
    if match is None:
        raise ExpressionError(f"the string that starts with {mark} is not closed: add {mark} at its end", offset=start)
    if not prefix:
        _check_escapes(match.group(), quote)
    return Token("string", text[start : match.end()], start, match.end())


def _check_escapes(literal: str, start: int) -> None:
    for escape in _ESCAPE.finditer(literal):
        if not _KNOWN_ESCAPE.match(literal, escape.start()):
            message = f"{escape[0]} means nothing here: write \\\\ for a backslash, or put r before the string"
            raise ExpressionError(message, offset=start + escape.start())
