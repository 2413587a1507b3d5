"""What the machine asks of its shell, and what the shell tells it in return.

Commands and events carry a number that ties an answer to its question. A command whose answer no longer
matters is called off by `CallOff`; its answer, when it comes all the same, is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pydantic import JsonValue

from workflows.call import Checkpoint, ErrorValue, FileEntry, Files, PageMark, SecretSlot, SessionGrant
from workflows.effects import Raised, Vanished
from workflows.plan import CallStep


@dataclass(frozen=True, slots=True)
class CallNode:
    """Have a robot make one attempt of a step."""

    number: int
    step: CallStep
    place: str
    """The step with the rounds it is in."""
    attempt: int
    params: dict[str, JsonValue]
    secrets: tuple[SecretSlot, ...]
    session: SessionGrant | None
    files: Files | None


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Wake the run after some time."""

    number: int
    seconds: float
    summary: str
    """What for, for people."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Find a robot with these tags and have it open a session."""

    number: int
    capability: str
    restore: Checkpoint | None = None
    """Where the session is to begin."""


@dataclass(frozen=True, slots=True)
class CloseSession:
    """Give a session back."""

    session: str


@dataclass(frozen=True, slots=True)
class CallOff:
    """An answer is not needed any more: stop the work if possible, and say how it ended."""

    number: int


@dataclass(frozen=True, slots=True)
class Breathe:
    """Let others work, then go on: so much pure work was done at one go that the engine must see a sign of life."""

    number: int


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step began, or began its next attempt."""

    step: int
    at: float
    attempt: int = 0
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class StepWaits:
    """A step waits for something other than a robot's work."""

    step: int
    reason: str


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step came to its end."""

    step: int
    at: float
    status: Literal["done", "failed", "cancelled"]
    error: ErrorValue | None = None


@dataclass(frozen=True, slots=True)
class ErrorCaught:
    """The document answers an error itself."""

    step: str | None
    """The id of the step that failed."""


@dataclass(frozen=True, slots=True)
class RoundStarted:
    """A loop began its next round."""

    step: int
    ended: int
    """Rounds that have ended."""
    total: int | None


@dataclass(frozen=True, slots=True)
class Finish:
    """The run is over."""

    status: Literal["completed", "failed", "cancelled"]
    outputs: dict[str, JsonValue] = field(default_factory=dict)
    error: ErrorValue | None = None


Report: TypeAlias = StepStarted | StepWaits | StepEnded | ErrorCaught | RoundStarted
Command: TypeAlias = CallNode | StartTimer | OpenSession | CloseSession | CallOff | Breathe | Finish | Report


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


Event: TypeAlias = (
    Started
    | NodeDone
    | NodeFailed
    | NodeCalledOff
    | TimerFired
    | SessionOpened
    | SessionFailed
    | SessionLost
    | CancelRequested
)
