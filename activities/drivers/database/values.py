"""Values of databases as JSON, without changing what they say."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import JsonValue

_LARGEST_INTEGER = 10**18


def json_of(value: Any, other: Callable[[Any], JsonValue] = str) -> JsonValue:  # noqa: ANN401, PLR0911 - whatever there is
    """Write a value as JSON: moments as ISO text, bytes as Base64; `other` writes what only one database has."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(Decimal(value))
        case Decimal():
            return number_of(value)
        case datetime() | date():
            return _moment(value)
        case time():
            return value.isoformat()
        case timedelta() | UUID():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return base64.b64encode(value).decode()
        case Mapping():
            return {str(key): json_of(each, other) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [json_of(each, other) for each in value]
        case _:
            return other(value)


def number_of(value: Decimal) -> JsonValue:
    """Give a number that says the same digits, or text where none does: `0.1` is a number, 20 digits are not."""
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value() and int(value.as_tuple().exponent) >= 0:
        return int(value) if abs(value) < _LARGEST_INTEGER else f"{value:f}"
    near = float(value)
    return near if math.isfinite(near) and Decimal(repr(near)) == value else f"{value:f}"


def read_json(text: str) -> JsonValue:
    """Read JSON without rounding its numbers."""
    value: JsonValue = json.loads(text, parse_float=lambda digits: number_of(Decimal(digits)))
    return value


def json_text(value: JsonValue) -> str:
    """Write JSON as databases keep it."""
    return json.dumps(value, ensure_ascii=False)


def _moment(value: date) -> str:
    """Write a date or time as ISO; the last and the first there are stand for no end and no beginning."""
    bare = value.replace(tzinfo=None) if isinstance(value, datetime) else value
    if bare == type(bare).max:
        return "infinity"
    return "-infinity" if bare == type(bare).min else value.isoformat()
