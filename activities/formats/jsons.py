"""JSON with numbers as they are written."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from pydantic import JsonValue

from workflows.errors import InvalidFileError


def parse_json(text: str, *, shown_as: str) -> JsonValue:
    """Read one value; a decimal number with more digits than a computer's number holds becomes text.

    Raises:
        InvalidFileError: it is no JSON; the message names the place.
    """
    value: JsonValue = _parsed(text, lambda line, column: f"{shown_as!r}, line {line}, column {column}")
    return value


def parse_json_lines(text: str, *, shown_as: str) -> list[JsonValue]:
    """Read one value from each line that is not blank.

    Raises:
        InvalidFileError: a line is no JSON.
    """
    return [
        _parsed(line, lambda _, column, number=number: f"{shown_as!r}, line {number}, column {column}")  # type: ignore[misc]
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip()
    ]


def write_json(value: JsonValue, *, pretty: bool) -> str:
    """Write one value, on many lines or on one."""
    if pretty:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _parsed(text: str, place: Callable[[int, int], str]) -> JsonValue:
    try:
        value: JsonValue = json.loads(text, parse_float=_number, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise InvalidFileError(
            f"{place(error.lineno, error.colno)}: no JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidFileError(f"{place(1, 1)}: no JSON that can be read: {error}") from error
    return value


def _number(text: str) -> float | str:
    number = float(text)
    try:
        exact = Decimal(repr(number)) == Decimal(text)
    except InvalidOperation:  # beyond what numbers can be
        exact = False
    return number if exact else text


def _refuse(text: str) -> NoReturn:
    msg = f"{text} is no number that JSON knows"
    raise ValueError(msg)
