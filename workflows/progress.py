"""How far a run has come, as people see it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from workflows.call import ErrorValue, Message
from workflows.part import Input

StepStatus = Literal["pending", "running", "waiting", "parked", "done", "skipped", "failed", "caught", "cancelled"]
RunStatus = Literal["running", "waiting", "paused", "parked", "completed", "failed", "cancelled", "terminated"]

PROGRESS_QUERY = "progress"
"""The Temporal query that answers with a `RunProgress`."""


class StepProgress(Message):
    """One step of the document, over all the rounds it was in."""

    number: int
    """Its place in the document, in the order written, from 0."""
    id: str
    """Its name, or a name made from its place where the author gave none."""
    kind: str
    """`browser.click` and the like for node steps, else `if`, `for_each`, `set` …"""
    depth: int
    """How many steps it is inside."""
    status: StepStatus = "pending"
    """As of its latest start."""
    starts: int = 0
    """How often it was started."""
    attempt: int = 0
    """The current attempt, from 1; 0 before the first."""
    started: float | None = None
    """Its latest start, in seconds since 1970 UTC."""
    seconds: float = 0.0
    """Time spent in it, over all starts that have ended."""
    subject: str | None = None
    """What it acts on, for people."""
    rounds: int | None = None
    """Loops: rounds ended since its latest start."""
    total: int | None = None
    """Loops over a list: rounds in all."""
    error: ErrorValue | None = None
    """What went wrong last."""


WaitKind = Literal["timer", "retry", "robot", "node", "person", "event", "child", "parked"]


class Waiting(Message):
    """What a run, or one of its branches, waits for."""

    kind: WaitKind
    place: str
    """The step with the rounds and branches it is in."""
    step: str | None
    """The step's id; None when only the outputs of the run are missing."""
    what: str
    """For people."""
    number: int | None = None
    """By which an answer finds it, for `person` and `parked`."""
    since: float | None = None
    """Parked: since when, in seconds since 1970 UTC."""
    due: float | None = None
    """When it goes on or expires by itself; parked: when it gives its sessions back."""
    error: ErrorValue | None = None
    """Parked: why."""
    cause: str | None = None
    """Parked: the error's type and fingerprint, the same for all runs of one incident."""
    attempts: int | None = None
    """Attempts made so far."""
    tags: tuple[str, ...] = ()
    """Robot: what it must have."""
    request: str | None = None
    """Robot: the name by which the pool of its environment knows what it asked for."""
    delayed: bool = False
    """Robot: whether the pool has said that it takes a while."""
    unroutable: bool = False
    """Robot: whether no robot that is there could do it."""
    question: str | None = None
    form: dict[str, Input] = Field(default_factory=dict)
    """Person: what to fill in."""
    by: tuple[str, ...] = ()
    """Person: who may answer."""
    child: str | None = None
    """Child: its run."""


class Decision(Message):
    """What a person had a parked step do."""

    place: str
    action: str
    by: str
    at: float
    """Seconds since 1970 UTC."""
    note: str = ""
    error: ErrorValue | None = None
    """What the step was parked with."""


class RunProgress(Message):
    """A whole run."""

    document: str
    status: RunStatus
    step: str | None
    """The step it is at, with the rounds it is in."""
    reason: str | None = None
    """Why it waits, for people."""
    robot: str | None = None
    """The robot that holds its session."""
    started: float
    """Seconds since 1970 UTC."""
    percent: int = 0
    """How much is done, estimated from steps and rounds; it never falls, and is 100 when the run has completed."""
    steps: tuple[StepProgress, ...]
    outputs: dict[str, JsonValue] | None = None
    error: ErrorValue | None = None
    waits: tuple[Waiting, ...] = ()
    """What it waits for, branch by branch."""
    decisions: tuple[Decision, ...] = ()
    """What people had it do when it was parked, oldest first."""
    revision: int = 0
    """How many corrected documents it was given."""
