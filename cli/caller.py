"""How the person or program that typed a command wants to be answered, and by which Temporal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import typer


class Format(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    NONE = "none"
    MARKDOWN = "markdown"
    COMPACT = "compact"


DOCUMENTATION = frozenset({Format.MARKDOWN, Format.COMPACT})
"""Formats that only `aether nodes` has."""


class Color(StrEnum):
    """When text is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Caller:
    """The options that every command takes."""

    format: Format = Format.TEXT
    color: Color = Color.AUTO
    debug: bool = False
    connection: Mapping[str, object] = field(default_factory=dict)
    """Connection options that were given, by the name of their setting."""


def caller_of(context: typer.Context) -> Caller:
    """Who asks."""
    return context.find_object(Caller) or Caller()
