"""Where a run is: one immutable value.

A run has one fiber, and one more for each branch or round that is done side by side with others. A fiber's place is
a stack of frames over the plan's blocks. Each step turns one state into the next; old states stay valid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from workflows.call import Checkpoint, ErrorValue, Files, SessionGrant
from workflows.frames import WHOLE, Area, Redo, Scope, Signal, Stack
from workflows.plan import BlockNumber


@dataclass(frozen=True, slots=True)
class Held:
    """A session of the run, and how to have it again elsewhere."""

    grant: SessionGrant | None
    """None while it is lost."""
    capability: str
    checkpoint: Checkpoint | None = None
    """The document last loaded; None for an empty page."""
    since: tuple[Redo, ...] = ()
    """What was entered into that document."""
    unsure: str | None = None
    """The place of a step that acted on that document and must not be done again."""


@dataclass(frozen=True, slots=True)
class Undo:
    """What makes a step undone, and the names it sees."""

    block: BlockNumber
    place: str
    scope: Scope
    variables: dict[str, JsonValue]
    area: Area
    below: Undo | None = None
    """Of the step done before."""


@dataclass(frozen=True, slots=True)
class Mail:
    """An event that came before anyone waited for it."""

    event: str
    key: str | None
    data: JsonValue
    at: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person decided."""

    place: str
    action: str
    by: str
    at: float
    note: str = ""
    error: ErrorValue | None = None
    """What the run was parked with."""


@dataclass(frozen=True, slots=True)
class Fiber:
    """One thing after the other: the run itself, or one of its branches or rounds done side by side."""

    scope: Scope
    stack: Stack | None = None
    """None before the start and after the end."""
    variables: dict[str, JsonValue] = field(default_factory=dict)
    area: Area = WHOLE
    draws: int = 0
    """Random choices made so far."""
    interrupt: Signal | None = None
    """What leaves as soon as nothing is in flight any more."""
    place: str = ""
    """Where it began, e.g. `both.left` or `pay_all[7]`."""
    parent: int | None = None
    position: int = 0
    """Which of its parent's branches or rounds it is."""
    idle: int = 0
    """The timer after which it gives its sessions back, as it waits for long; 0 for none."""


@dataclass(frozen=True, slots=True)
class State:
    """Everything that is known of a run at rest."""

    run: str
    """The run as people name it."""
    seed: str
    """What the run's random choices and keys are made from."""
    started: float
    """Seconds since 1970 UTC."""
    now: float
    """The time of the latest event."""
    inputs: dict[str, JsonValue]
    files: Files
    """The workspace."""
    fibers: dict[int, Fiber]
    """By number; 0 is the run itself."""
    sessions: dict[str, Held] = field(default_factory=dict)
    """By area and capability."""
    last_number: int = 0
    """Commands given so far that wait, or waited, for an answer; also counts fibers, areas and questions."""
    breathing: int | None = None
    """The `Breathe` command whose answer lets the work go on."""
    pure_steps: int = 0
    """Steps since the last answer from outside."""
    cancel: Literal["no", "asked"] = "no"
    cleanup: int = 0
    """The timer that ends the tidying up after a cancellation; 0 for none."""
    cleanup_due: float = 0.0
    paused: bool = False
    """A person wants no further step to begin."""
    holding: bool = False
    """No further step begins, so that the run can come to rest."""
    resting: bool = False
    """It has come to rest."""
    undo: Undo | None = None
    mail: tuple[Mail, ...] = ()
    answers: tuple[Answer, ...] = ()
    """The latest decisions of people."""
    revision: int = 0
    """How many corrected documents it was given."""
    breaks: tuple[str, ...] = ()
    """Steps before which the run stops, so that its author can look."""
    slow: float = 0.0
    """Seconds before each call, so that its author can watch."""
    caught: tuple[str, ...] = ()
    """Errors that whoever called this run catches."""
    finished: bool = False
