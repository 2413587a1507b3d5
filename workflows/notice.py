"""What people are told about runs, and on which way it travels.

A run tells the platform with the activity `aether.notify`. That one hands the notice to the workflow
`aether/notifier`, which groups notices by incident and has the activity `aether.deliver` send what is due.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Literal, NewType, TypeAlias

from workflows.call import Message

NOTIFY_ACTIVITY = "aether.notify"
"""Takes a `Notice`; does nothing where nobody wants to be told."""

DELIVER_ACTIVITY = "aether.deliver"
"""Takes a `Delivery` and the channel it goes to."""

NOTIFIER = "aether.notifier"
NOTIFIER_ID = "aether/notifier"

IncidentId = NewType("IncidentId", str)
"""Names what runs that failed alike have in common."""

Channel = NewType("Channel", str)
"""A way to people, e.g. `mail`; it names no address."""

NoticeKind: TypeAlias = Literal["parked", "robot_lost", "unroutable", "sla", "approval", "ended_behind", "done"]
"""What happened: it parked; its robot was lost; no robot can take it; it is late; it waits for a decision; somebody
ended it past Aether; it is done."""

_ID_LENGTH = 12


class Notice(Message):
    """Something about a run that people want to know."""

    kind: NoticeKind
    run: str
    document: str
    at: datetime
    step: str | None = None
    place: str | None = None
    """The step with the rounds it is in."""
    error: str | None = None
    """The error's name."""
    fingerprint: str | None = None
    """What errors with one cause have in common."""
    message: str = ""
    """For people, without any secret."""
    link: str | None = None
    """Where one looks at the run; the platform puts it in where it knows."""

    @property
    def cause(self) -> str | None:
        """The error as the search attribute `AetherError` has it."""
        return f"{self.error}:{self.fingerprint}" if self.error and self.fingerprint else self.error

    @property
    def incident(self) -> IncidentId:
        """What this notice has in common with others of its incident."""
        return incident_id(self.document, self.step, self.cause)


class Told(Message):
    """A notice on its way to the notifier."""

    id: str
    """The same whenever it is handed over again."""
    notice: Notice
    channels: tuple[Channel, ...]
    quiet: timedelta
    """How long no more is said of the incident."""


class Delivery(Message):
    """A notice on its way to people."""

    id: str
    """The same for every attempt."""
    notice: Notice
    """The latest of those it stands for."""
    count: int
    """How many notices it stands for."""
    since: datetime
    """The time of the first of them."""


def incident_id(document: str, step: str | None, cause: str | None) -> IncidentId:
    """Name an incident by what its runs have in common."""
    parts = "\0".join((document, step or "", cause or ""))
    return IncidentId(sha256(parts.encode()).hexdigest()[:_ID_LENGTH])
