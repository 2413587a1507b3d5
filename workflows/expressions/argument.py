"""Take the arguments of functions: the right kind of value, or an error that says what to do."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue

from workflows.expressions.fuel import Fuel
from workflows.expressions.value import RefusedError, bounded_items, described


def as_text(value: JsonValue, caller: str) -> str:
    """A string."""
    if isinstance(value, str):
        return value
    raise RefusedError(f"{caller} needs a string, not {described(value)}: write str(…)")


def as_short_text(value: JsonValue, caller: str, limit: int = 200) -> str:
    """A string of moderate length, such as a number or a date."""
    text = as_text(value, caller)
    if len(text) <= limit:
        return text
    raise RefusedError(f"{caller} needs a string of at most {limit} characters; this one has {len(text)}")


def as_integer(value: JsonValue, caller: str) -> int:
    """A whole number."""
    if isinstance(value, int):
        return value
    raise RefusedError(f"{caller} needs an integer, not {described(value)}: write int(…)")


def as_number(value: JsonValue, caller: str) -> int | float:
    """A number."""
    if isinstance(value, (int, float)):
        return value
    raise RefusedError(f"{caller} needs a number, not {described(value)}: write number(…) to read one from text")


def as_list(value: JsonValue, caller: str) -> list[JsonValue]:
    """A list."""
    if isinstance(value, list):
        return value
    raise RefusedError(f"{caller} needs a list, not {described(value)}")


def as_object(value: JsonValue, caller: str) -> dict[str, JsonValue]:
    """An object."""
    if isinstance(value, dict):
        return value
    raise RefusedError(f"{caller} needs an object, not {described(value)}")


def elements(value: JsonValue, caller: str, fuel: Fuel) -> list[JsonValue]:
    """What there is to go over, paid for: elements of a list, keys of an object, characters of a string."""
    if not isinstance(value, (list, str, dict)):
        raise RefusedError(f"{caller} needs a list, an object or a string, not {described(value)}")
    bounded_items(len(value), fuel)
    return value if isinstance(value, list) else list(value)


def stream(value: JsonValue | Iterator[JsonValue], caller: str, fuel: Fuel) -> Iterator[JsonValue]:
    """Elements one after the other, where not all of them may be needed."""
    return value if isinstance(value, Iterator) else iter(elements(value, caller, fuel))
