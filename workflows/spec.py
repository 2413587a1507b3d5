"""What may be known of a node type without its code."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue


class Effect(StrEnum):
    """What repeating a node would do to the world."""

    READ = "read"
    """Nothing: it only looks."""

    IDEMPOTENT = "idempotent"
    """Nothing more than doing it once."""

    ONCE = "once"
    """Possibly the same thing twice: it must never be repeated blindly."""


class NodeSpec(BaseModel):
    """The durable facts of one node type: enough to check, plan, document and route a step."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    """The name documents use, e.g. `browser.click`."""

    summary: str
    """The first line of its documentation."""

    description: str
    """The rest of its documentation, Markdown, without the example."""

    example: str
    """A runnable list of steps, as YAML."""

    capability: str
    """The tag of the robots that can do it, e.g. `browser`."""

    session: bool
    """Whether it acts in a session that one robot holds for the run (a browser, a desktop)."""

    effect: Effect
    """What repeating it would do, unless a step says otherwise."""

    timeout: timedelta
    """How long one attempt may take, unless a step says otherwise."""

    label: str | None = None
    """The parameter that best tells what a step acts on, e.g. `target`."""

    workspace: bool = False
    """Whether it reads or writes files of the run's workspace."""

    params: dict[str, JsonValue]
    """JSON Schema (draft 2020-12) of `with`."""

    result: dict[str, JsonValue]
    """JSON Schema (draft 2020-12) of the step's output."""
