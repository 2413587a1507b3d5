"""A sheet that is to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from activities.table import Row


@dataclass(frozen=True, slots=True)
class NewSheet:
    """What a sheet is to hold."""

    name: str
    header: Sequence[str] | None
    rows: Sequence[Row]
    formats: Mapping[str, str] = field(default_factory=dict)
    """Number formats by the names of columns, or by their letters."""
    widths: Mapping[str, float] = field(default_factory=dict)
    """Widths in characters, by the same."""
