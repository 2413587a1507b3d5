"""What passes between a run and the robot that does one of its steps."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, JsonValue

from workflows.spec import Effect


class Message(BaseModel):
    """What all messages share: immutable, and tolerant of fields a newer peer may add."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class FileEntry(Message):
    """One file of a run's workspace: its content by digest."""

    digest: str
    """`sha256:` and 64 hexadecimal digits."""
    size: int
    """Bytes."""


Files: TypeAlias = dict[str, FileEntry]
"""A run's workspace: relative POSIX paths and what they hold."""


class SecretRef(Message):
    """A secret by name; its value is known to robots only."""

    secret: str


class SecretSlot(Message):
    """Where in a step's parameters the robot puts text that holds secrets."""

    path: tuple[str | int, ...]
    """Keys and indexes that lead to the place."""
    parts: tuple[str | SecretRef, ...]
    """Joined in order."""


class SessionGrant(Message):
    """The right to act in a session."""

    id: str
    """The session's name, unique."""
    robot: str
    """The robot that holds it."""
    capability: str
    """What it is, e.g. `browser`."""
    lease: int = 0
    """The number of the lease it is held with: of two the higher one counts; 0 for one that no pool has given."""


BLANK = "about:blank"
"""The address of a page without anything."""


class Checkpoint(Message):
    """How a page can be had again: load this address with this storage."""

    url: str
    storage: FileEntry | None = None
    """Cookies and local storage, encrypted, in the artifact store; None for a browser as new."""


EvidenceLevel: TypeAlias = Literal["failure", "all", "off"]
"""Which steps leave evidence: those that fail, every one, or none."""


class PageMark(Message):
    """Where a step left its page."""

    url: str
    storage: FileEntry | None = None
    """Cookies and local storage after the step, where they changed; encrypted, in the artifact store."""
    document: Literal["same", "fresh", "beyond"] = "same"
    """The document before the step; one that can be had again by loading its address; or one that cannot."""


class SessionRequest(Message):
    """What a robot needs to know to hold a session for a run."""

    session: str
    """The name the session will have."""
    run: str
    """The Temporal workflow id."""
    run_id: str
    """The Temporal run id."""
    document: str
    """The document's name."""
    capability: str
    """What to open, e.g. `browser`."""
    needs: tuple[str, ...] = ()
    """Tags the robot must have."""
    restore: Checkpoint | None = None
    """Where to begin; None for an empty page."""
    video: bool = False
    """Whether it is filmed."""
    lease: int = 0
    """As in `SessionGrant`."""
    adopt: bool = False
    """Whether to open nothing, but to go on holding the session of this name for the run's next execution."""


class StepCall(Message):
    """All a robot needs to know of a step besides its parameters."""

    run: str
    """The Temporal workflow id."""
    document: str
    """The document's name."""
    step: str
    """The step's id."""
    place: str
    """The step with the rounds it is in, e.g. `pay_all[7].pay`."""
    attempt: int
    """Counted from 1."""
    key: str
    """The idempotency key: the same for all attempts of this step in this round of this run, and for no other."""
    effect: Effect
    timeout: float
    """Seconds."""
    session: SessionGrant | None = None
    files: Files | None = None
    """The run's workspace as the step finds it; None for nodes that touch no files."""
    secrets: tuple[SecretSlot, ...] = ()
    known: tuple[str, ...] = ()
    """The names of all secrets that the document uses: what an earlier step was given may come back in this one."""
    evidence: EvidenceLevel = "failure"
    """Whether what the step's page looked like is kept."""


class Heal(Message):
    """An element that was acted upon although its target does not name it any more."""

    target: str
    """What the document says."""
    found: str
    """The element that was used."""
    page: str
    """Origin and path."""
    score: float
    """How alike the two are, from 0 to 1."""
    margin: float
    """How much more alike than the next."""
    reason: str
    """What put it beyond doubt."""
    id: str = ""
    """Where it is recorded; the same in all runs."""
    tier: int = 1
    """How it was known: 1 by what it is, 2 by what is around it, 3 by how it looks."""


class StepOutcome(Message):
    """What a step came to."""

    output: JsonValue
    """The node's result."""
    files: dict[str, FileEntry | None] = {}
    """Files written (and, as null, deleted) by the step."""
    page: PageMark | None = None
    """Where the step left its page; None for steps without one."""
    evidence: dict[str, FileEntry] = {}
    """What shows how the step went, where it is kept of every step; as in `ErrorValue`."""
    healed: tuple[Heal, ...] = ()
    """Targets that do not name their elements any more, and what was used instead."""


class ErrorValue(Message):
    """An error as documents, histories and people see it."""

    type: str
    """Its name, e.g. `ElementNotFoundError`."""
    kind: Literal["business", "configuration", "robot", "unknown-outcome", "cancelled"]
    """Who must act."""
    message: str
    step: str | None = None
    """The id of the step that failed."""
    details: JsonValue = None
    acted: bool | None = False
    """Whether the step had an effect before it failed; None when nobody can tell."""
    evidence: dict[str, FileEntry] = {}
    """What shows how it failed: `screenshot`, `source`, `console`, `trace`; encrypted, in the evidence store."""
