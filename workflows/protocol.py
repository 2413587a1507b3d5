"""What the machine asks of its shell.

Commands carry a number that ties an answer, one of `workflows.events`, to its question. A command whose answer no
longer matters is called off by `CallOff`; its answer, when it comes all the same, is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pydantic import JsonValue

from workflows.call import Checkpoint, ErrorValue, Files, SecretSlot, SessionGrant
from workflows.plan import CallStep, ChildPlan

Action: TypeAlias = Literal["retry", "skip", "set-output", "goto", "abort"]
"""What a person can have a parked step do."""


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
    patience: float | None = None
    """Seconds a robot has to begin with it; None for the usual time."""


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
    place: str = ""
    """The step that wants it."""
    restore: Checkpoint | None = None
    """Where the session is to begin."""
    needs: tuple[str, ...] = ()
    """Tags the robot must have besides those the document asks for."""


@dataclass(frozen=True, slots=True)
class TakeShare:
    """Get a share of what is scarce; the answer is that of a session."""

    number: int
    limits: dict[str, int]
    """How many shares there are of each."""
    place: str


@dataclass(frozen=True, slots=True)
class FindRobot:
    """Find out when a robot is there that can do a node without a session."""

    number: int
    capability: str
    place: str


@dataclass(frozen=True, slots=True)
class KeepSession:
    """Take over a session that an earlier part of the run was granted."""

    number: int
    grant: SessionGrant


@dataclass(frozen=True, slots=True)
class StartChild:
    """Run another document."""

    number: int
    run: str
    """The Temporal workflow id it gets."""
    step: ChildPlan
    place: str
    inputs: dict[str, JsonValue]
    files: Files
    caught: tuple[str, ...]
    """Errors of the child that this run catches, so that it does not park with them."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing is in flight: the state can be handed on to a new execution."""


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
    unroutable: bool = False
    """Whether it has turned out that no robot that is there could do it."""


@dataclass(frozen=True, slots=True)
class StepEnded:
    """A step came to its end."""

    step: int
    at: float
    status: Literal["done", "skipped", "failed", "cancelled"]
    error: ErrorValue | None = None


@dataclass(frozen=True, slots=True)
class StepParked:
    """A step has failed for good, and waits for a person."""

    step: int | None
    """None when the outputs of the run cannot be told."""
    number: int
    """By which an answer finds it."""
    place: str
    at: float
    error: ErrorValue


@dataclass(frozen=True, slots=True)
class StepAsks:
    """A step asks a person."""

    step: int
    number: int
    place: str
    question: str


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


Report: TypeAlias = StepStarted | StepWaits | StepEnded | StepParked | StepAsks | ErrorCaught | RoundStarted
Command: TypeAlias = (
    CallNode
    | StartTimer
    | OpenSession
    | TakeShare
    | FindRobot
    | KeepSession
    | CloseSession
    | StartChild
    | CallOff
    | Breathe
    | Rest
    | Finish
    | Report
)
