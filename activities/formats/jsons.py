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
        for number, line in enumerate(text.split("\n"), start=1)  # texts may hold other line breaks
        if line.strip()
    ]


def write_json(value: JsonValue, *, pretty: bool) -> str:
    """Write one value, on many lines or on one."""
    if pretty:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _parsed(text: str, place: Callable[[int, int], str]) -> JsonValue:
    try:
        value: JsonValue = json.loads(
            text, parse_float=exact_number, parse_constant=_refuse, object_pairs_hook=_distinct
        )
        _refuse_halves(text, value)
    except json.JSONDecodeError as error:
        raise InvalidFileError(
            f"{place(error.lineno, error.colno)}: no JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidFileError(f"{place(1, 1)}: no JSON that can be read: {error}") from error
    return value


def exact_number(text: str) -> float | str:
    """Give the number that a text is; the text, if a number would not say all its digits."""
    number = float(text)
    try:
        exact = Decimal(repr(number)) == Decimal(text)
    except InvalidOperation:  # beyond what numbers can be
        exact = False
    return number if exact else text


def _distinct(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """Make a mapping, unless one of its values would be lost."""
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        twice = next(key for place, (key, _) in enumerate(pairs) if key in dict(pairs[:place]))
        msg = f"an object has the key {twice!r} twice; give one of them another name"
        raise ValueError(msg)
    return mapping


def _refuse_halves(text: str, value: JsonValue) -> None:
    """Refuse the halves of characters by themselves: nothing can write them."""
    if "\\ud" in text or "\\uD" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            msg = f"a text holds {error.object[error.start]!r}, which is only half of a character"
            raise ValueError(msg) from error


def _refuse(text: str) -> NoReturn:
    msg = f"{text} is no number that JSON knows"
    raise ValueError(msg)
