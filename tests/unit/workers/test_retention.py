from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workers.retention import Kept, surplus_of
from workers.settings import EvidenceSettings

NOW = datetime(2026, 3, 31, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    id: str
    days: tuple[int, ...]
    """How old the pieces are; each has 10 bytes."""
    limit: int
    expected: tuple[int, ...]
    """Which go, the oldest first."""


@pytest.mark.parametrize(
    "case",
    [
        Case("nothing", (), 100, ()),
        Case("young and little", (1, 29), 100, ()),
        Case("old", (31, 1, 40), 100, (40, 31)),
        Case("too much", (1, 3, 2), 15, (3, 2)),
        Case("old and too much", (31, 2, 1), 15, (31, 2)),
        Case("none wanted", (1, 2), 0, (2, 1)),
    ],
    ids=lambda case: case.id,
)
def test_what_is_old_goes_and_of_too_much_the_oldest(case: Case) -> None:
    settings = EvidenceSettings(keep=timedelta(days=30), limit=case.limit)
    kept = [Kept(Path(f"{age}"), 10, NOW - timedelta(days=age)) for age in case.days]

    surplus = surplus_of(kept, settings, now=NOW)

    assert case.expected == tuple(int(piece.path.name) for piece in surplus)
