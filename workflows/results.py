"""The results of a loop's rounds, as they come in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue
from typing_extensions import override


class Results:
    """A list that only grows at its end; every earlier length stays readable.

    All lengths share one buffer, so appending costs the same however long the list is.
    """

    __slots__ = ("_buffer", "_length")

    def __init__(self, buffer: list[JsonValue] | None = None, length: int = 0) -> None:
        self._buffer: list[JsonValue] = [] if buffer is None else buffer
        self._length = length

    def append(self, value: JsonValue) -> Results:
        """The list with one value more; this one stays as it is."""
        buffer = self._buffer if len(self._buffer) == self._length else self._buffer[: self._length]
        buffer.append(value)
        return Results(buffer, self._length + 1)

    def __iter__(self) -> Iterator[JsonValue]:
        return iter(self._buffer[: self._length])

    def __len__(self) -> int:
        return self._length

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Results) and list(self) == list(other)

    @override
    def __hash__(self) -> int:
        return hash(self._length)

    @override
    def __repr__(self) -> str:
        return f"Results({list(self)!r})"


@dataclass(frozen=True, slots=True)
class Kept:
    """The results of rounds done side by side, in the order in which they came."""

    position: int
    value: JsonValue
    below: Kept | None = None

    def in_order(self) -> list[JsonValue]:
        """The results in the order of their rounds."""
        found: dict[int, JsonValue] = {}
        kept: Kept | None = self
        while kept is not None:
            found[kept.position] = kept.value
            kept = kept.below
        return [found[position] for position in sorted(found)]
