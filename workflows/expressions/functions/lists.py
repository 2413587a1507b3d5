"""Functions on lists."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, TypeVar

from pydantic import JsonValue

from workflows.expressions.argument import as_integer, as_list, as_object, as_text, elements, stream
from workflows.expressions.convert import to_text
from workflows.expressions.frame import Frame
from workflows.expressions.function import ABSENT, Absent, Function
from workflows.expressions.value import (
    MAX_ITEMS,
    RefusedError,
    bounded_items,
    bounded_text,
    described,
    show,
    suggestion,
    weigh,
)

Answer = TypeVar("Answer")


def length(_frame: Frame, value: JsonValue) -> JsonValue:
    """How many elements, keys or characters there are."""
    if isinstance(value, (str, list, dict)):
        return len(value)
    raise RefusedError(f"len() needs a list, an object or a string, not {described(value)}")


def to_list(frame: Frame, value: JsonValue = None) -> JsonValue:
    """A new list of elements, of an object's keys or of a string's characters."""
    return [] if value is None else list(elements(value, "list()", frame.fuel))


def in_order(frame: Frame, values: JsonValue, by: JsonValue = None, *, reverse: JsonValue = False) -> JsonValue:
    """A list in order; with `by`, objects in the order of the values of that key."""
    found = elements(values, "sorted()", frame.fuel)
    before = frame.fuel.spent
    keys = _keys(frame, found, by, "sorted()")
    frame.fuel.spend((frame.fuel.spent - before) * len(keys).bit_length())  # each is compared about so often
    order = _compare("sorted()", lambda: sorted(range(len(keys)), key=keys.__getitem__, reverse=bool(reverse)))
    return [found[index] for index in order]


def _keys(frame: Frame, values: list[JsonValue], by: JsonValue, caller: str) -> list[Any]:
    """What the order of values goes by."""
    frame.fuel.spend(len(values))
    keys = values if by is None else [_key(value, as_text(by, caller), caller) for value in values]
    weigh(keys, frame.fuel)
    return keys


def _key(value: JsonValue, by: str, caller: str) -> JsonValue:
    row = as_object(value, f"{caller} with by={show(by)}")
    if by in row:
        return row[by]
    raise RefusedError(f"{caller} found an object without the key {show(by)}: {suggestion(by, row)}")


def _compare(caller: str, order: Callable[[], Answer]) -> Answer:
    try:
        return order()
    except TypeError:
        raise RefusedError(
            f"{caller} can only compare numbers with numbers and strings with strings: convert the values first"
        ) from None


def best(frame: Frame, caller: str, values: tuple[JsonValue, ...], by: JsonValue, *, last: bool) -> JsonValue:
    """The first of the smallest or largest values, for `min(…)` and `max(…)`."""
    found = elements(values[0] if len(values) == 1 else list(values), caller, frame.fuel)
    if not found:
        raise RefusedError(f"{caller} needs at least one value: check len(…) first")
    keys = _keys(frame, found, by, caller)
    choose = max if last else min
    return found[_compare(caller, lambda: choose(range(len(keys)), key=keys.__getitem__))]


def backwards(frame: Frame, values: JsonValue) -> JsonValue:
    """A list from its end to its start."""
    return elements(values, "reversed()", frame.fuel)[::-1]


def integers(frame: Frame, start: JsonValue, stop: JsonValue = None, step: JsonValue = 1) -> JsonValue:
    """The integers from a start (or 0) up to, not including, a stop."""
    first, end = (0, start) if stop is None else (start, stop)
    by = as_integer(step, "range()")
    if by == 0:
        raise RefusedError("range() cannot go in steps of 0")
    found = range(as_integer(first, "range()"), as_integer(end, "range()"), by)
    if abs(found.stop - found.start) // abs(by) > MAX_ITEMS:
        raise RefusedError(f"range() makes at most {MAX_ITEMS} integers: go over fewer")
    bounded_items(len(found), frame.fuel)
    return list(found)


def counted(frame: Frame, values: JsonValue, start: JsonValue = 0) -> JsonValue:
    """A list of `[number, element]` for the elements of a list."""
    found = elements(values, "enumerate()", frame.fuel)
    frame.fuel.spend(len(found))
    return [[number, value] for number, value in enumerate(found, as_integer(start, "enumerate()"))]


def together(frame: Frame, *lists: JsonValue) -> JsonValue:
    """A list of lists: the first elements of all, the second ones, and so on, up to the shortest."""
    found = [elements(each, "zip()", frame.fuel) for each in lists]
    frame.fuel.spend(sum(map(len, found)))
    return [list(each) for each in zip(*found, strict=False)]


def holds_any(frame: Frame, values: JsonValue | Iterator[JsonValue]) -> JsonValue:
    """Whether at least one element is true: `any(row.amount < 0 for row in rows)`."""
    return any(stream(values, "any()", frame.fuel))


def holds_all(frame: Frame, values: JsonValue | Iterator[JsonValue]) -> JsonValue:
    """Whether no element is false: `all(row.paid for row in rows)`."""
    return all(stream(values, "all()", frame.fuel))


def first(frame: Frame, values: JsonValue, fallback: JsonValue | Absent = ABSENT) -> JsonValue:
    """The first element, or a fallback when there is none."""
    return _end(frame, values, fallback, "first()", 0)


def last(frame: Frame, values: JsonValue, fallback: JsonValue | Absent = ABSENT) -> JsonValue:
    """The last element, or a fallback when there is none."""
    return _end(frame, values, fallback, "last()", -1)


def _end(frame: Frame, values: JsonValue, fallback: JsonValue | Absent, caller: str, index: int) -> JsonValue:
    found = elements(values, caller, frame.fuel)
    if found:
        return found[index]
    if isinstance(fallback, Absent):
        raise RefusedError(f"{caller} found no element: give a fallback as the second argument")
    return fallback


def unique(frame: Frame, values: JsonValue, by: JsonValue = None) -> JsonValue:
    """A list without the elements that were there before; with `by`, of objects by the value of that key."""
    found = elements(values, "unique()", frame.fuel)
    keys = _keys(frame, found, by, "unique()")
    before = frame.fuel.spent
    weigh(keys, frame.fuel)
    frame.fuel.spend(4 * (frame.fuel.spent - before) + len(keys))
    kept: dict[Hashable, JsonValue] = {}
    for key, value in zip(keys, found, strict=True):
        kept.setdefault(_comparable(key), value)
    return list(kept.values())


def _comparable(value: JsonValue) -> Hashable:
    """Something that equals another such thing if the values do."""
    if isinstance(value, list):
        return ("list", *map(_comparable, value))
    if isinstance(value, dict):
        return frozenset((key, _comparable(part)) for key, part in value.items())
    return value


def flatten(frame: Frame, values: JsonValue) -> JsonValue:
    """A list of lists as one list; elements that are no lists stay as they are."""
    found = elements(values, "flatten()", frame.fuel)
    bounded_items(sum(len(each) if isinstance(each, list) else 1 for each in found), frame.fuel)
    return [part for each in found for part in (each if isinstance(each, list) else [each])]


def join(frame: Frame, values: JsonValue, separator: JsonValue = "") -> JsonValue:
    """All elements as one text, with a separator between them."""
    between = as_text(separator, "join()")
    found = as_list(values, "join()")
    frame.fuel.spend(len(found))
    return joined(frame, between, [to_text(value, frame.fuel) for value in found])


def joined(frame: Frame, separator: str, texts: list[str]) -> str:
    """Strings as one, once it is sure that it is not too long."""
    bounded_text(sum(map(len, texts)) + len(separator) * max(len(texts) - 1, 0), frame.fuel)
    return separator.join(texts)


LISTS = (
    Function("len", length, "len(['a', 'b']) + len('abc')", 5),
    Function("list", to_list, "list('abc')", ["a", "b", "c"]),
    Function("range", integers, "range(3) + range(10, 20, 5)", [0, 1, 2, 10, 15]),
    Function("sorted", in_order, "sorted([{'n': 2}, {'n': 1}], by='n')", [{"n": 1}, {"n": 2}], cost=10),
    Function("reversed", backwards, "reversed([1, 2, 3])", [3, 2, 1]),
    Function("enumerate", counted, "enumerate(['a', 'b'], start=1)", [[1, "a"], [2, "b"]]),
    Function("zip", together, "zip(['a', 'b'], [1, 2])", [["a", 1], ["b", 2]]),
    Function("any", holds_any, "any(n > 2 for n in [1, 2, 3])", result=True),
    Function("all", holds_all, "all(n > 2 for n in [1, 2, 3])", result=False),
    Function("first", first, "first([], 'nothing')", "nothing"),
    Function("last", last, "last([1, 2, 3])", 3),
    Function("unique", unique, "unique([2, 1, 2])", [2, 1]),
    Function("flatten", flatten, "flatten([[1], [2, 3]])", [1, 2, 3]),
    Function("join", join, "join(['a', 1, true], ', ')", "a, 1, true"),
)
