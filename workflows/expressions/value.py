"""JSON values: how they are named to people, how large they may be, and what is said when they do not fit."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from math import isfinite
from types import NoneType
from typing import Any

from pydantic import JsonValue

from workflows.expressions.fuel import Fuel

MAX_TEXT = 1 << 20
"""The longest string an expression makes, in characters."""
MAX_ITEMS = 100_000
"""The longest list or mapping an expression makes."""
MAX_BITS = 256
"""The size of the largest integer an expression makes."""
MAX_INTEGER = 1 << MAX_BITS
_MIN_INTEGER = -MAX_INTEGER
MAX_DEPTH = 100
"""How deep lists and mappings an expression makes or compares may be nested."""

_LONG = 255
"""Longer strings cost by their length to look at."""
_SHOWN = 40
_NAMES_SHOWN = 8
_NAMES_COMPARED = 200
_KINDS: dict[type, str] = {
    NoneType: "null",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    str: "a string",
    list: "a list",
    dict: "an object",
}


class RefusedError(Exception):
    """An operation that cannot be done with its values; where it stands in the text is added on the way out."""


def kind(value: JsonValue) -> str:
    """What a value is, with its article: `a string`, `null`."""
    return _KINDS.get(type(value), "a value")


def bare_kind(value: JsonValue) -> str:
    """What a value is, without an article."""
    return kind(value).removeprefix("an ").removeprefix("a ")


def show(value: JsonValue) -> str:
    """A value as an expression would write it, shortened."""
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…")
    if isinstance(value, (list, dict)):
        return f"{kind(value)} of {len(value)}"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return repr(value) if _MIN_INTEGER <= value <= MAX_INTEGER else "a very large integer"


def described(value: JsonValue) -> str:
    """What a value is and how it looks, for messages: `the string 'Ada'`, `a list of 3`."""
    if value is None or isinstance(value, (list, dict)):
        return show(value)
    return f"the {bare_kind(value)} {show(value)}"


def suggestion(name: str, names: Iterable[str]) -> str:
    """What a wrong name may have meant, or else what there is."""
    known = [each[:_SHOWN] for each in islice(names, _NAMES_COMPARED)]
    near = get_close_matches(name[:_SHOWN], known, n=3)
    if near:
        return "did you mean " + " or ".join(map(repr, near)) + "?"
    if not known:
        return "there is none"
    more = ", …" if len(known) > _NAMES_SHOWN else ""
    return "there is " + ", ".join(map(repr, sorted(known)[:_NAMES_SHOWN])) + more


def bounded(number: float) -> int | float:
    """A number that JSON can hold and that is not absurdly long.

    Raises:
        RefusedError: it is infinite, not a number or longer than `MAX_BITS`.
    """
    if isinstance(number, int):
        if _MIN_INTEGER <= number <= MAX_INTEGER:
            return number
        raise RefusedError(f"the result is an integer of more than {MAX_BITS} bits: work with smaller numbers")
    if isfinite(number):
        return number
    raise RefusedError("the result is not a finite number: check the values that go into it")


def bounded_text(length: int, fuel: Fuel) -> None:
    """Pay for a string that is about to be made.

    Raises:
        RefusedError: it would be too long.
    """
    if length > MAX_TEXT:
        raise RefusedError(f"the result would be a string of {length} characters; at most {MAX_TEXT} are allowed")
    fuel.spend(length >> 6)


def bounded_items(count: int, fuel: Fuel) -> None:
    """Pay for a list or mapping that is about to be made.

    Raises:
        RefusedError: it would be too long.
    """
    if count > MAX_ITEMS:
        raise RefusedError(f"the result would have {count} elements; at most {MAX_ITEMS} are allowed")
    fuel.spend(count >> 3)


def weigh(value: JsonValue, fuel: Fuel) -> None:
    """Pay for looking at all of a value, each part as often as it occurs.

    A small expression can make a value that is enormous once written down, because its parts are shared
    (`[[x] * 1000] * 1000`); whatever is compared, converted or handed out is weighed first.

    Raises:
        RefusedError: it is nested too deeply.
    """
    if isinstance(value, str):
        fuel.spend(len(value) >> 8)
    level = [value] if isinstance(value, (list, dict)) else []
    for _ in range(MAX_DEPTH + 1):
        if not level:
            return
        level = _weigh_level(level, fuel)
    raise too_deep()


def too_deep() -> RefusedError:
    """The error for lists and objects nested beyond `MAX_DEPTH`."""
    return RefusedError(f"lists and objects are nested more than {MAX_DEPTH} deep: use a flatter shape")


def _weigh_level(
    level: list[list[JsonValue] | dict[str, JsonValue]], fuel: Fuel
) -> list[list[JsonValue] | dict[str, JsonValue]]:
    deeper: list[list[JsonValue] | dict[str, JsonValue]] = []
    for container in level:
        fuel.spend(1 + (len(container) >> 2))
        if isinstance(container, dict):
            fuel.spend(sum(map(len, container)) >> 8)
        inside: Iterable[Any] = container.values() if isinstance(container, dict) else container
        for item in inside:
            kind_of_item = type(item)  # faster than isinstance, and this loop is where large results cost
            if kind_of_item is str:
                if len(item) > _LONG:
                    fuel.spend(len(item) >> 8)
            elif kind_of_item is dict or kind_of_item is list:
                deeper.append(item)
    return deeper
