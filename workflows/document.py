"""A document as its author wrote it: the automation, before anything is known of node types."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from workflows.duration import Duration
from workflows.kind import Step
from workflows.part import (
    DOCUMENT_NAME_PATTERN,
    HIGHEST_PRIORITY,
    USUAL_PRIORITY,
    Affinity,
    Input,
    Limits,
    Model,
    Name,
    Retry,
    RobotTag,
)

LANGUAGE = 1
"""The version of the language this build reads and writes."""


class Defaults(Model):
    """What steps do where they do not say otherwise."""

    timeout: Duration | None = None
    """How long one attempt of a step may take."""
    retry: Retry | None = None
    """When a failed attempt is made again."""


class Park(Model):
    """How a run waits for a person."""

    hold: Duration = timedelta(minutes=15)
    """How long it keeps its robot; after that its session is saved, and had again when the run goes on."""


class Document(Model):
    """An automation: what it needs, what it does, what it gives back."""

    aether: Literal[1]
    """The version of the language."""
    name: str = Field(pattern=DOCUMENT_NAME_PATTERN)
    """The automation's name: the type of its runs in Temporal."""
    description: str = ""
    """What it is for."""
    inputs: dict[Name, Input] = Field(default={})
    """What a run is started with."""
    needs: tuple[RobotTag, ...] = ()
    """Tags of the robot that holds the run's session."""
    prefer: tuple[RobotTag, ...] = ()
    """Tags that robot should have; one that has them is taken before others."""
    affinity: Affinity = "soft"
    """How much a run wants the robot that did this document last: not at all (`none`), for ten seconds (`soft`), so
    much that it waits for it (`hard`); or one robot for itself and all runs it calls (`session`)."""
    priority: int = Field(default=USUAL_PRIORITY, ge=0, le=HIGHEST_PRIORITY)
    """Who gets a robot first, from 0 to 20: 20 is most urgent. The start of a run may say otherwise."""
    limits: Limits = Field(default={})
    """What is scarce, e.g. licences: a run holds a share of each from its first call to its end, and of each there are
    so many shares."""
    on_failure: Literal["park", "fail"] = "park"
    """What a run does when a step has failed for good: wait for a person, or fail."""
    park: Park = Park()
    """How it waits for a person."""
    timeout: Duration | None = None
    """How long a run may take; time spent parked or paused does not count."""
    cleanup: Duration = timedelta(minutes=10)
    """How long `finally` and `undo` may take after a run was cancelled."""
    sla: Duration | None = None
    """When a run that has not ended is reported to those who watch over it; it goes on all the same."""
    evidence: Literal["failure", "all", "off"] = "failure"
    """Of which steps screenshots and the like are kept."""
    video: bool = False
    """Whether sessions are filmed."""
    defaults: Defaults = Defaults()
    """What steps do where they do not say otherwise."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """What to do, in order."""
    restore: Annotated[tuple[Step, ...], Field(min_length=1)] | None = None
    """How a page that was lost with its robot is had again where that cannot be done by loading and filling it: log
    in, find the record. Done in a new session, before the step that needs the page."""
    outputs: dict[Name, JsonValue] = Field(default={})
    """What a run gives back, computed at its end."""

    @property
    def lists(self) -> dict[str, tuple[Step, ...]]:
        """Its own lists of steps, by field."""
        return {"steps": self.steps} | ({"restore": self.restore} if self.restore is not None else {})
