"""Plain words of a document as values, by the core schema of YAML 1.2: `no` is text, `017` is seventeen."""

from __future__ import annotations

import math
import re

_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_START = frozenset("+-.0123456789")
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LONGEST = 400
"""Characters of a number; more could only be out of range."""
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./@+-]*(?: [A-Za-z0-9_./@+(-][A-Za-z0-9_./@+()-]*)*")
_DURATION = re.compile(r"(?:[0-9]+(?:ms|[dhms]))+")
_OTHER_READERS = re.compile(r"(?:y|n|yes|no|on|off|true|false|null)|\.(?:inf|nan)|[-.0-9_]+", re.IGNORECASE)
"""Words that a YAML 1.1 reader, or a person, could take for something else than text."""


def read_scalar(text: str) -> str | int | float | bool | None:
    """The value of a word that stands without quotes.

    Raises:
        ValueError: it is a number no document can hold.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_START:
        return text
    if _BASED.fullmatch(text):
        return _integer(text, base=0)
    if _INTEGER.fullmatch(text):
        return _integer(text, base=10)
    if _FLOAT.fullmatch(text) or _NOT_FINITE.fullmatch(text):
        return _float(text)
    return text


def _integer(text: str, *, base: int) -> int:
    number = int(text, base) if len(text) <= _LONGEST else None
    if number is None or not _SMALLEST <= number <= _LARGEST:
        raise ValueError("a whole number needs to fit in 64 bits; put it in quotes to make it text")
    return number


def _float(text: str) -> float:
    number = math.nan if _NOT_FINITE.fullmatch(text) else float(text)
    if not math.isfinite(number):
        raise ValueError("a number needs to be finite; put it in quotes to make it text")
    return number


def is_plain(text: str) -> bool:
    """Whether a text can stand without quotes, wherever it stands and whoever reads it."""
    if _DURATION.fullmatch(text):
        return True
    return _PLAIN.fullmatch(text) is not None and _OTHER_READERS.fullmatch(text) is None and read_scalar(text) == text
