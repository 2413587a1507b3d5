"""What is known of a run that waits, and what can be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from workers.underway import Underway
from workflows.call import ErrorValue
from workflows.fleet import Busy, BusyStep, Candidate, Explanation, Lease
from workflows.ids import DEFAULT_ENVIRONMENT
from workflows.progress import RunProgress, Waiting

ReasonKind = Literal[
    "timer", "retry", "person", "event", "child", "parked", "paused", "robot", "limit", "pool", "opening", "step",
    "silent", "queue", "orchestrator", "defect", "running", "ended",
]  # fmt: skip

MISSING = frozenset({"defect", "orchestrator", "paused", "pool", "queue", "robot", "limit", "silent"})
"""What somebody should know of who believes that a run is at work."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that a run, or one of its branches, waits for."""

    kind: ReasonKind
    why: str
    """In one line."""
    step: str | None = None
    place: str | None = None
    """The step with the rounds and branches it is in; None where all of the run waits."""
    since: datetime | None = None
    due: datetime | None = None
    """When it ends by itself."""
    robot: str | None = None
    """The robot it is about."""
    run: str | None = None
    """The run that is waited for."""
    error: ErrorValue | None = None
    ahead: int | None = None
    """How many others come first."""
    candidates: tuple[Candidate, ...] = ()
    """Robots that could take it, and why each does not."""
    lacking: tuple[Candidate, ...] = ()
    """Robots that could not, and what they lack."""
    holders: tuple[Lease, ...] = ()
    """Who holds what it waits for."""
    doing: tuple[BusyStep, ...] = ()
    """What robots do now for those who hold it."""
    remedies: tuple[str, ...] = ()
    """What a person can do, as commands or in words."""
    because: tuple[Reason, ...] = ()
    """What the run that is waited for waits for itself."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a run that has not ended."""

    run: str
    now: datetime
    environment: str = DEFAULT_ENVIRONMENT
    progress: RunProgress | None = None
    underway: Underway = field(default_factory=Underway)
    answered: bool = True
    """Whether the run answered when it was asked, so that somebody interprets it."""
    granting: Mapping[str, Explanation | str | None] = field(default_factory=dict)
    """What the pool says of each request that waits; None for one it does not know, words where it does not answer."""
    busy: Mapping[str, Busy] = field(default_factory=dict)
    """What robots do that others hold."""
    children: Mapping[str, tuple[Reason, ...]] = field(default_factory=dict)
    """What the runs that are waited for wait for."""

    def since(self, waiting: Waiting) -> datetime | None:
        """Since when a branch waits: as it says itself, else since its step began."""
        if waiting.since is not None:
            return moment(waiting.since)
        steps = self.progress.steps if self.progress else ()
        return next((moment(step.started) for step in steps if step.id == waiting.step and step.started), None)


def moment(seconds: float | None) -> datetime | None:
    """A moment that messages tell in seconds since 1970 UTC."""
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
