"""Notices for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

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
