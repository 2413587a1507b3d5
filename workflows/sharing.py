"""Values that a state holds in several places, written down once.

A run's steps hand the same lists and mappings on and on: the rows of a workbook are an output, a loop's items and,
one by one, the loop's variable. Written out each time, a state would be many times the size of what it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass

from pydantic import JsonValue

from workflows.results import Results

REFERENCE = "#"
"""The key of a mapping that stands for a shared value; a value that has this key itself is wrapped in it."""

LONG = 80
"""Characters of a text that is worth a reference."""


class SharedValues:
    """The values written so far that occur more than once; a value follows all that it holds."""

    __slots__ = ("_numbers", "_shared", "written")

    def __init__(self, root: object) -> None:
        self._shared = _held_often(root)
        self._numbers: dict[int, int] = {}
        self.written: list[JsonValue] = []

    def write(self, value: JsonValue) -> JsonValue:
        """The value, or what stands for it."""
        if not isinstance(value, list | dict | str) or id(value) not in self._shared:
            return self._inside(value)
        number = self._numbers.get(id(value))
        if number is None:
            self.written.append(self._inside(value))
            number = self._numbers[id(value)] = len(self.written) - 1
        return {REFERENCE: number}

    def _inside(self, value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [self.write(item) for item in value]
        if isinstance(value, dict):
            entries = {key: self.write(item) for key, item in value.items()}
            return {REFERENCE: entries} if REFERENCE in entries else entries
        return value


class ReadValues:
    """Shared values that are found again by what stands for them."""

    __slots__ = ("_values",)

    def __init__(self, written: Sequence[JsonValue]) -> None:
        self._values: list[JsonValue] = []
        for value in written:
            self._values.append(self.read(value))

    def read(self, written: JsonValue) -> JsonValue:
        """The value that was written."""
        if isinstance(written, list):
            return [self.read(item) for item in written]
        if not isinstance(written, dict):
            return written
        inside = written.get(REFERENCE)
        if isinstance(inside, int):
            return self._values[inside]
        entries = inside if isinstance(inside, dict) else written
        return {key: self.read(item) for key, item in entries.items()}


def _held_often(root: object) -> AbstractSet[int]:
    """The ids of the lists, mappings and long texts that can be reached in more than one way."""
    seen: set[int] = set()
    often: set[int] = set()
    remaining = [root]
    while remaining:
        found = remaining.pop()
        if id(found) in seen:
            often.add(id(found))
        elif isinstance(found, str):
            if len(found) > LONG:
                seen.add(id(found))
        else:
            inside = _inside(found)
            if inside:
                seen.add(id(found))
                remaining.extend(inside)
    return often


def _inside(value: object) -> Sequence[object]:
    match value:
        case list() | tuple():
            return value
        case dict():
            return list(value.values())
        case Results():
            return list(value)
        case _ if is_dataclass(value):
            return [getattr(value, field.name) for field in fields(value)]
        case _:
            return ()
