"""What all groups of settings share."""

from __future__ import annotations

from pydantic import ConfigDict

from workflows.documented import Documented


class Section(Documented):
    """A group of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")
