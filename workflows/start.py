"""What a run is started with, and what it gives back."""

from __future__ import annotations

from pydantic import JsonValue

from workflows.call import Files, Message
from workflows.plan import Plan


class RunInput(Message):
    """The one argument of every run."""

    plan: Plan
    inputs: dict[str, JsonValue]
    """Given values; the path in the workspace for those of type `file`."""
    files: Files
    """The workspace at the start."""
    source: str = ""
    """The document as its author wrote it."""


class RunResult(Message):
    """What a run that succeeded gives back."""

    outputs: dict[str, JsonValue]
    files: Files
    """The workspace at the end."""
