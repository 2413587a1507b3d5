"""Texts of the predecessor's forms as the values they stand for."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Final

from pydantic import JsonValue


def _truth(text: str) -> bool:
    return text.strip().lower() in {"true", "1", "yes", "on"}


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_READERS: Final[Mapping[str, Callable[[str], JsonValue]]] = {
    "Boolean": _truth,
    "Int32": int,
    "Float": _number,
    **dict.fromkeys(("Object", "Array", "List", "Dict", "DataTable"), json.loads),
}


def typed(value: JsonValue, kind: JsonValue) -> JsonValue:
    """A value as its declared type; as it is where it is none of that type, or comes from an expression."""
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    if reader is None or not isinstance(value, str) or "${{" in value:
        return value
    try:
        return reader(value)
    except (ValueError, RecursionError):
        return value
