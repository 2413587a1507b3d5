"""Notices for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from workflows.grouping import Due, Grouped, flush, group
from workflows.notice import Channel, Delivery, Notice, Told

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def notice(**fields: Any) -> Notice:
    """A run parked."""
    given = {
        "kind": "parked",
        "run": "invoices/1",
        "document": "invoices",
        "at": NOON,
        "step": "pay",
        "place": "pay_all[7].pay",
        "error": "ElementNotFoundError",
        "fingerprint": "f00d",
        "message": "no element matches {'label': 'Amount'}",
    }
    return Notice.model_validate(given | fields)


def told(identity: str, *, quiet: timedelta, **fields: Any) -> Told:
    """A notice on its way to the notifier."""
    return Told(id=identity, notice=notice(**fields), channels=(Channel("mail"),), quiet=quiet)


def delivery(identity: str = "run-1/5", *, count: int = 1, **fields: Any) -> Delivery:
    """A notice on its way to people."""
    return Delivery(id=identity, notice=notice(**fields), count=count, since=NOON)


@dataclass
class Desk:
    """Takes notices and keeps what was sent when."""

    state: Grouped = field(default_factory=Grouped)
    sent: list[tuple[datetime, Due]] = field(default_factory=list)

    def take(self, given: Told, now: datetime) -> Sequence[Due]:
        """A notice comes."""
        self.state, due = group(self.state, given, now)
        self.sent += [(now, each) for each in due]
        return due

    def look(self, now: datetime) -> None:
        """Time has passed."""
        self.state, due = flush(self.state, now)
        self.sent += [(now, each) for each in due]

    def wait_for_all(self) -> None:
        """Let so much time pass that nothing is held back any more."""
        while (moment := self.state.next_due) is not None:
            self.look(moment)
