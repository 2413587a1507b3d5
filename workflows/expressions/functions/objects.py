"""Functions and methods on objects."""

from __future__ import annotations

from pydantic import JsonValue

from workflows.expressions.argument import as_integer, as_list, as_object, as_text, elements
from workflows.expressions.frame import Frame
from workflows.expressions.function import Function
from workflows.expressions.value import RefusedError, bounded_items, described


def to_object(frame: Frame, pairs: JsonValue = None, **entries: JsonValue) -> JsonValue:
    """A new object of another's entries or of a list of `[key, value]`, and of named values."""
    given = {} if pairs is None else pairs if isinstance(pairs, dict) else _paired(frame, pairs)
    bounded_items(len(given) + len(entries), frame.fuel)
    return {**given, **entries}


def _paired(frame: Frame, pairs: JsonValue) -> dict[str, JsonValue]:
    found = as_list(pairs, "dict()")
    frame.fuel.spend(len(found))
    result: dict[str, JsonValue] = {}
    for pair in found:
        if not isinstance(pair, list) or len(pair) != 2:  # noqa: PLR2004 - a key and a value
            raise RefusedError(f"dict() needs a list of [key, value], but one element is {described(pair)}")
        result[as_text(pair[0], "the key of an object")] = pair[1]
    return result


def keys(frame: Frame, mapping: JsonValue) -> JsonValue:
    """All keys of an object."""
    return elements(as_object(mapping, "keys()"), "keys()", frame.fuel)


def values(frame: Frame, mapping: JsonValue) -> JsonValue:
    """All values of an object."""
    found = as_object(mapping, "values()")
    bounded_items(len(found), frame.fuel)
    return list(found.values())


def items(frame: Frame, mapping: JsonValue) -> JsonValue:
    """A list of `[key, value]` of an object."""
    found = as_object(mapping, "items()")
    frame.fuel.spend(len(found))
    return [[key, value] for key, value in found.items()]


def get(_frame: Frame, container: JsonValue, key: JsonValue, fallback: JsonValue = None) -> JsonValue:
    """The value an object has for a key, or an element of a list; the fallback where there is none."""
    if isinstance(container, list):
        index = as_integer(key, "get() on a list")
        return container[index] if -len(container) <= index < len(container) else fallback
    return as_object(container, "get()").get(as_text(key, "get()"), fallback)


OBJECTS = (
    Function("dict", to_object, "dict([['a', 1]], b=2)", {"a": 1, "b": 2}),
    Function("keys", keys, "keys({'a': 1})", ["a"]),
    Function("values", values, "values({'a': 1})", [1]),
    Function("items", items, "items({'a': 1})", [["a", 1]]),
    Function("get", get, "get({'a': 1}, 'b', 0) + get([5], 0)", 5),
)

OBJECT_METHODS = (
    Function("keys", keys, "{'a': 1}.keys()", ["a"], receiver="object"),
    Function("values", values, "{'a': 1}.values()", [1], receiver="object"),
    Function("items", items, "[key + '=' + str(value) for key, value in {'a': 1}.items()]", ["a=1"], receiver="object"),
    Function("get", get, "{'a': 1}.get('b', 0)", 0, receiver="object"),
)
