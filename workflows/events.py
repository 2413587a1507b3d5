"""What the machine is told by its shell: answers to its commands, and what comes by itself.

The number of an answer is that of its command.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic import JsonValue

from workflows.call import ErrorValue, FileEntry, Files, PageMark, SessionGrant
from workflows.effects import Raised, Vanished
from workflows.protocol import Action


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins."""


@dataclass(frozen=True, slots=True)
class NodeDone:
    """An attempt succeeded."""

    number: int
    output: JsonValue
    files: dict[str, FileEntry | None] = field(default_factory=dict)
    page: PageMark | None = None


@dataclass(frozen=True, slots=True)
class NodeFailed:
    """An attempt did not succeed."""

    number: int
    outcome: Raised | Vanished


@dataclass(frozen=True, slots=True)
class NodeCalledOff:
    """An attempt stopped because the run called it off."""

    number: int


@dataclass(frozen=True, slots=True)
class TimerFired:
    """The time is up; also the answer to `Breathe`."""

    number: int


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """A robot holds a session for the run."""

    number: int
    grant: SessionGrant


@dataclass(frozen=True, slots=True)
class SessionDelayed:
    """There is no session, share or robot yet."""

    number: int
    why: str
    unroutable: bool


@dataclass(frozen=True, slots=True)
class RobotFound:
    """A robot is there that can do what was asked for."""

    number: int


@dataclass(frozen=True, slots=True)
class SessionKept:
    """A session the run holds has outlived the process of its robot; the new one holds it."""

    grant: SessionGrant


@dataclass(frozen=True, slots=True)
class SessionFailed:
    """No session could be opened."""

    number: int
    outcome: Raised | Vanished


@dataclass(frozen=True, slots=True)
class SessionLost:
    """A session the run held is gone."""

    session: str


@dataclass(frozen=True, slots=True)
class CancelRequested:
    """Somebody wants the run to stop."""


@dataclass(frozen=True, slots=True)
class ChildEnded:
    """The run of a called document is over, or could not be started."""

    number: int
    outputs: dict[str, JsonValue] = field(default_factory=dict)
    files: Files = field(default_factory=dict)
    error: ErrorValue | None = None
    """None when it succeeded."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A person says how a parked step goes on."""

    number: int
    action: Action
    by: str
    output: JsonValue = None
    """For `set-output`."""
    goto: str = ""
    """For `goto`: the id of an earlier step."""
    inputs: dict[str, JsonValue] = field(default_factory=dict)
    """Inputs of the run that change."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A person answers an `approve` step."""

    number: int
    approved: bool
    by: str
    form: dict[str, JsonValue] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class EventCame:
    """Something happened outside that a `receive` step may wait for."""

    event: str
    key: str | None
    data: JsonValue


@dataclass(frozen=True, slots=True)
class PauseRequested:
    """A person wants no further step to begin."""


@dataclass(frozen=True, slots=True)
class ResumeRequested:
    """A paused run goes on."""


@dataclass(frozen=True, slots=True)
class RestRequested:
    """The run must come to rest: what is in flight ends, nothing new begins."""


@dataclass(frozen=True, slots=True)
class HandedOn:
    """A run at rest goes on in a new execution."""


Event: TypeAlias = (
    Started
    | ChildEnded
    | Answered
    | Decided
    | EventCame
    | PauseRequested
    | ResumeRequested
    | RestRequested
    | HandedOn
    | NodeDone
    | NodeFailed
    | NodeCalledOff
    | TimerFired
    | SessionOpened
    | SessionDelayed
    | SessionKept
    | RobotFound
    | SessionFailed
    | SessionLost
    | CancelRequested
)
