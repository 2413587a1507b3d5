"""Values to text, the same wherever it happens: inside of text, by `str(…)` and by `join(…)`."""

from __future__ import annotations

import json

from pydantic import JsonValue

from workflows.expressions.fuel import Fuel
from workflows.expressions.value import RefusedError, bounded, bounded_text, too_deep, weigh


def to_text(value: JsonValue, fuel: Fuel) -> str:
    """A value as text: strings as they are, numbers as Python writes them, lists and objects as JSON.

    Raises:
        RefusedError: null has no text.
    """
    if isinstance(value, str):
        return value
    if value is None:
        raise RefusedError("null has no text: use default(value, '') or another text that stands for it")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(bounded(value))
    return to_json(value, fuel)


def to_json(value: JsonValue, fuel: Fuel) -> str:
    """A value as JSON on one line."""
    weigh(value, fuel)
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError:
        raise RefusedError("the value holds a number that JSON cannot write: leave it out") from None
    fuel.spend(len(text) >> 4)
    bounded_text(len(text), fuel)
    return text


def from_json(text: str, fuel: Fuel) -> JsonValue:
    """The value that JSON text stands for."""
    fuel.spend(len(text) >> 3)
    try:
        value: JsonValue = json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        raise too_deep() from None
    except json.JSONDecodeError as error:
        raise RefusedError(f"the text is not JSON: {error.msg.lower()} at character {error.pos}") from None
    except ValueError:
        raise RefusedError("the JSON text holds a number that is too long: put it in quotes") from None
    weigh(value, fuel)
    try:
        check_text(json.dumps(value, ensure_ascii=False, allow_nan=False))
    except ValueError:
        raise RefusedError("the JSON text holds a number that is too large: put it in quotes") from None
    return value


def _refuse_constant(name: str) -> JsonValue:
    raise RefusedError(f"the text is not JSON: {name} is no JSON number; write null")


def check_text(text: str) -> None:
    r"""See that text can be written down.

    Raises:
        RefusedError: it holds half of a character pair, as `'\ud800'` does.
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise RefusedError(
            f"{text[error.start]!r} is half of a character: write both halves as one, such as '\\U0001f600'"
        ) from None
