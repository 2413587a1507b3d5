"""The ways in which a text may turn up: as it is, escaped for one format inside of another, or encoded as a whole."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable, Iterator
from html.entities import codepoint2name

_DEEPEST = 8
"""How many times a text may have been escaped; without a bound, a hostile page could make matching slow."""
_SHORTEST_ENCODED = 8
"""What Base64 and hexadecimal digits make of fewer bytes is part of too many other texts."""

_LETTERS = {"\a": "a", "\b": "b", "\0": "0"}
"""Escapes of characters that are no whitespace."""

_AGAIN = f"(?:25){{0,{_DEEPEST}}}"
_AMPERSAND = f"&(?:amp;){{0,{_DEEPEST}}}"
_SLASHES = rf"\\{{1,{_DEEPEST}}}"
_SPACES = (
    rf"(?:\s|\+|%{_AGAIN}[0-9A-Fa-f]{{2}}|{_AMPERSAND}(?:nbsp|\#[0-9A-Fa-fx]{{2,6}});"
    rf"|{_SLASHES}(?:[nrtfv]|u[0-9A-Fa-f]{{4}}|x[0-9A-Fa-f]{{2}}))+"
)


def spellings(text: str) -> re.Pattern[str]:
    """Match a text however it is spelled: with escapes of addresses, HTML, JSON and Python, mixed or nested.

    Whitespace matches any whitespace, as pages and messages make one space of a line's end.
    """
    whole = {text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)}
    ways = ["".join(_in_order(form)) for form in sorted(whole)]
    if len(text) >= _SHORTEST_ENCODED:
        content = _bytes(text)
        encoded = [*_inside_base64(content), content.hex(), content.hex().upper()]
        ways += map(re.escape, dict.fromkeys(encoded))
    return re.compile("|".join(ways))


def _in_order(text: str) -> Iterator[str]:
    """Give a pattern for each character and each run of whitespace."""
    for number, part in enumerate(re.findall(r"\s+|\S", text)):
        if part.isspace():
            yield _SPACES
        elif part.isascii() and part.isalnum():
            yield part  # nobody escapes these
        else:
            # What stands before the first may stay; a pattern that begins with a fixed character is found faster.
            optional = rf"\\{{0,{_DEEPEST}}}" if number and part.isascii() else ""
            yield f"(?:{'|'.join(dict.fromkeys(_forms(part, optional)))})"


def _forms(mark: str, slashes: str) -> Iterator[str]:
    encoded, code = _bytes(mark), ord(mark)
    yield _SLASHES if mark == "\\" else slashes + re.escape(mark)
    yield _joined(f"%{_AGAIN}", encoded)
    yield f"{_AMPERSAND}(?:{'|'.join(_entities(mark, code))});"
    yield "".join(rf"{_SLASHES}u{_digits(f'{unit:04x}')}" for unit in _utf16(mark))
    yield rf"{_SLASHES}U{_digits(f'{code:08x}')}"
    yield _joined(rf"{_SLASHES}x", encoded)
    if mark in _LETTERS:
        yield _SLASHES + _LETTERS[mark]
    if code <= 0xFF:  # noqa: PLR2004 - the last character of Latin 1
        yield rf"{_SLASHES}x{_digits(f'{code:02x}')}"
        yield f"%{_AGAIN}{_digits(f'{code:02x}')}"
    if not mark.isascii():
        yield re.escape(encoded.decode("latin-1"))  # UTF-8 that was taken for something else
        yield re.escape(encoded.decode("cp1252", errors="replace"))


def _entities(mark: str, code: int) -> Iterator[str]:
    if code in codepoint2name:
        yield codepoint2name[code]
    if mark == "'":
        yield "apos"
    yield rf"\#0*{code}"
    yield rf"\#[xX]0*{_digits(f'{code:x}')}"


def _joined(before: str, content: Iterable[int]) -> str:
    return "".join(before + _digits(f"{byte:02x}") for byte in content)


def _digits(digits: str) -> str:
    """Match hexadecimal digits in either case."""
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in digits)


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _utf16(mark: str) -> Iterator[int]:
    encoded = mark.encode("utf-16-be", errors="surrogatepass")
    return (int.from_bytes(encoded[start : start + 2]) for start in range(0, len(encoded), 2))


def _inside_base64(content: bytes) -> Iterator[str]:
    """Give the part of a Base64 text that does not depend on what stands before or behind the content."""
    for before in range(3):
        start = -(-before * 8 // 6)
        encoded = base64.b64encode(b"\0" * before + content).rstrip(b"=").decode()
        inside = encoded[start : (before + len(content)) * 8 // 6]
        yield inside
        yield inside.translate(str.maketrans("+/", "-_"))
