"""What people and the world tell a run while it works: its Updates and signals."""

from __future__ import annotations

from pydantic import Field, JsonValue

from workflows.call import ErrorValue, Files, Message
from workflows.plan import Plan
from workflows.protocol import Action

FIX_UPDATE = "fix"
FIX_QUERY = "would_fix"
DECIDE_UPDATE = "decide"
PAUSE_UPDATE = "pause"
RESUME_UPDATE = "resume"
EVENT_SIGNAL = "event"
CHILD_SIGNAL = "child_ended"


class FixRequest(Message):
    """How a parked step goes on."""

    number: int
    """Of the parked step, as `Waiting.number` tells it."""
    action: Action
    by: str
    """Who says so."""
    note: str = ""
    output: JsonValue = None
    """For `set-output`."""
    goto: str = ""
    """For `goto`: the id of an earlier step."""
    inputs: dict[str, JsonValue] = Field(default_factory=dict)
    """Inputs of the run that change."""
    plan: Plan | None = None
    """The corrected document, compiled."""
    source: str = ""
    """The corrected document as its author wrote it."""
    revision: int = 0
    """Which version of the document this answer was made for."""


class FixAnswer(Message):
    """What became of a fix."""

    revision: int
    """The version of the document the run goes on with."""


class DecideRequest(Message):
    """A person's answer to an `approve` step."""

    number: int
    """Of the question, as `Waiting.number` tells it."""
    approved: bool
    by: str
    form: dict[str, JsonValue] = Field(default_factory=dict)
    note: str = ""


class PersonRequest(Message):
    """Who wants something of a run."""

    by: str
    note: str = ""


class EventMessage(Message):
    """Something that happened outside."""

    event: str
    key: str | None = None
    data: JsonValue = None
    id: str = ""
    """The same for deliveries of the same event; a second one is dropped."""


class ChildReport(Message):
    """How the run of a called document ended, told to the run that called it."""

    number: int
    outputs: dict[str, JsonValue] = Field(default_factory=dict)
    files: Files = Field(default_factory=dict)
    error: ErrorValue | None = None
