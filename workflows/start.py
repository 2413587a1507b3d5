"""What a run is started with, and what it gives back."""

from __future__ import annotations

from pydantic import Field, JsonValue

from workflows.call import Files, Message
from workflows.ids import DEFAULT_ENVIRONMENT
from workflows.part import HIGHEST_PRIORITY
from workflows.plan import Plan
from workflows.progress import RunProgress


class Caller(Message):
    """A run that waits for another."""

    run: str
    """Its Temporal workflow id."""
    number: int
    """By which it knows what it waits for."""


class Origin(Message):
    """The run that a run goes on from."""

    run: str
    place: str
    """Where."""


class RunInput(Message):
    """The one argument of every run."""

    plan: Plan
    inputs: dict[str, JsonValue]
    """Given values; the path in the workspace for those of type `file`."""
    files: Files
    """The workspace at the start."""
    source: str = ""
    """The document as its author wrote it."""
    version: int | None = None
    """Of the published document; None for one that was not published."""
    by: str = ""
    """Who started the run."""
    breaks: tuple[str, ...] = ()
    """Steps before which the run stops, so that its author can look."""
    slow: float = 0.0
    """Seconds before each call, so that its author can watch."""
    caught: tuple[str, ...] = ()
    """Errors that the run that called this one catches: it does not park with them."""
    environment: str = DEFAULT_ENVIRONMENT
    """Whose robots do its steps."""
    priority: int | None = Field(default=None, ge=0, le=HIGHEST_PRIORITY)
    """Of its wishes for robots, 20 is most urgent; None for that of its document."""
    tenant: str = ""
    """On whose behalf it runs; tenants of the same priority take turns."""
    robot: str | None = None
    """The only robot that may hold its sessions; None for any."""
    near: str | None = None
    """The robot of the run that called this one, where both must be on one."""
    caller: Caller | None = None
    """The run that called this one, and wants to hear of its end."""
    resume: JsonValue = None
    """The state to go on from, as `workflows.saved` writes it; None to begin at the beginning."""
    origin: Origin | None = None
    """The run that this one goes on from, as its retry or fork."""
    progress: RunProgress | None = None
    """What was to be seen of the part before."""
    heard: tuple[str, ...] = ()
    """Events the part before was told of."""
    long: int | None = None
    """Events in history after which the run continues as new; None for the usual number."""


class RunResult(Message):
    """What a run that succeeded gives back."""

    outputs: dict[str, JsonValue]
    files: Files
    """The workspace at the end."""
