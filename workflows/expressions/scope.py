"""What an expression may ask of its surroundings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from pydantic import JsonValue


class Scope(Protocol):
    """The names an expression can refer to, and the clock and chance of its run.

    Values are never changed by an evaluation, and results may share parts with them.
    """

    def lookup(self, name: str) -> JsonValue:
        """The value of a name.

        Raises:
            KeyError: there is no such name.
        """
        ...

    def names(self) -> Iterable[str]:
        """All names, for messages that suggest the one that was meant."""
        ...

    def now(self) -> float:
        """Seconds since the start of 1970 in UTC, the same on every replay."""
        ...

    def uuid(self) -> str:
        """A fresh random UUID, the same on every replay."""
        ...
