"""Which notices are sent and which are counted: at most one per incident and quiet period, and none forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from workflows.call import Message
from workflows.notice import Channel, Delivery, Told

MOST_INCIDENTS = 500
"""More at the same time are told of as one."""

MOST_REMEMBERED = 1000
"""How many notices are recognised when they are handed over twice."""

_OTHERS = "others"


class Waiting(Message):
    """Notices that were held back."""

    latest: Told
    count: int
    since: datetime
    """The time of the first of them."""


class Held(Message):
    """An incident that people were told of a while ago."""

    until: datetime
    """When more may be said of it."""
    waiting: Waiting | None = None


class Due(Message):
    """A delivery, and the channels it goes to."""

    delivery: Delivery
    channels: tuple[Channel, ...]


class Grouped(Message):
    """All that was said lately, and what is still to be said."""

    incidents: dict[str, Held] = Field(default_factory=dict)
    """By kind and incident, the oldest first."""
    seen: tuple[str, ...] = ()
    """The notices that came last, by id."""

    @property
    def next_due(self) -> datetime | None:
        """When something changes by itself."""
        return min((held.until for held in self.incidents.values()), default=None)


def group(state: Grouped, told: Told, now: datetime) -> tuple[Grouped, Sequence[Due]]:
    """Take a notice: send it if nothing was said of its incident lately, else hold it back."""
    if told.id in state.seen:
        return state, ()
    seen = (*state.seen, told.id)[-MOST_REMEMBERED:]
    key = _key_of(state, told)
    held = state.incidents.get(key, Held(until=now))
    waiting = _joined(held.waiting, told)
    due = [_due(waiting)] if held.until <= now else []
    after = _said(waiting, now) if due else Held(until=held.until, waiting=waiting)
    return Grouped(incidents=state.incidents | {key: after}, seen=seen), due


def flush(state: Grouped, now: datetime) -> tuple[Grouped, Sequence[Due]]:
    """Send what was held back for long enough, and forget incidents of which there is nothing more to say."""
    incidents: dict[str, Held] = {}
    due: list[Due] = []
    for key, held in state.incidents.items():
        if held.until > now:
            incidents[key] = held
        elif held.waiting:
            incidents[key] = _said(held.waiting, now)
            due.append(_due(held.waiting))
    return state.model_copy(update={"incidents": incidents}), due


def _key_of(state: Grouped, told: Told) -> str:
    key = f"{told.notice.kind}/{told.notice.incident}"
    return key if key in state.incidents or len(state.incidents) < MOST_INCIDENTS else _OTHERS


def _joined(waiting: Waiting | None, told: Told) -> Waiting:
    if waiting is None:
        return Waiting(latest=told, count=1, since=told.notice.at)
    return Waiting(latest=told, count=waiting.count + 1, since=waiting.since)


def _said(waiting: Waiting, now: datetime) -> Held:
    return Held(until=now + waiting.latest.quiet)


def _due(waiting: Waiting) -> Due:
    told = waiting.latest
    delivery = Delivery(id=told.id, notice=told.notice, count=waiting.count, since=waiting.since)
    return Due(delivery=delivery, channels=told.channels)
