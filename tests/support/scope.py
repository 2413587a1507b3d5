"""A scope that stands still, for evaluating expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue


@dataclass(frozen=True)
class StillScope:
    """Names whose values, clock and chance never move."""

    values: Mapping[str, JsonValue]

    def lookup(self, name: str) -> JsonValue:
        return self.values[name]

    def names(self) -> Iterable[str]:
        return self.values

    def now(self) -> float:
        return 1_772_721_000.25

    def uuid(self) -> str:
        return "6d6f8a0e-0000-4000-8000-000000000001"
