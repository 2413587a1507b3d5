"""Lengths of time as people write them: `500ms`, `30s`, `1h30m`, `2d`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_UNITS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_PATTERN = r"^(?:\d{1,6}d)?(?:\d{1,6}h)?(?:\d{1,6}m(?!s))?(?:\d{1,6}(?:\.\d{1,3})?s)?(?:\d{1,9}ms)?$"
_SHAPE = re.compile(_PATTERN, re.ASCII)
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])", re.ASCII)
_TOO_LONG = timedelta(days=1_000_000)
"""More days than the text of a duration has digits for."""


def parse_duration(text: str) -> timedelta:
    """Read a duration such as `1h30m`.

    Raises:
        ValueError: the text is not one or more numbers, each with its unit, largest first.
    """
    if not text or not _SHAPE.fullmatch(text):
        msg = f"expected a duration such as '30s', '1h30m' or '500ms', not {text!r}"
        raise ValueError(msg)
    milliseconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    return _checked(timedelta(milliseconds=milliseconds), text)


def _checked(length: timedelta, written: object) -> timedelta:
    """A duration that can be written and read again."""
    if length % timedelta(milliseconds=1) or not timedelta() <= length < _TOO_LONG:
        msg = f"expected a duration of whole milliseconds and less than {_TOO_LONG.days:,} days, not {written!r}"
        raise ValueError(msg)
    return length


def format_duration(length: timedelta) -> str:
    """Write a duration so that `parse_duration` gives it back, to the millisecond."""
    rest = round(length.total_seconds() * 1000)
    parts = []
    for unit, size in _UNITS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def _read(value: object) -> object:
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, timedelta):
        return _checked(value, str(value))
    msg = f"expected a duration with its unit, such as '30s', not {value!r}"
    raise ValueError(msg)


Duration = Annotated[
    timedelta,
    BeforeValidator(_read),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["30s", "1h30m", "500ms"]}),
]
"""A timedelta that documents write as text."""
