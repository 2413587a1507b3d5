"""What a person did in a browser, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from activities.fingerprints import Fingerprint
from activities.sessions.target import Target

Kind = Literal[
    "open", "open_tab", "goto", "back", "forward", "reload", "close",
    "click", "drag", "hover", "fill", "check", "select", "upload", "press",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """What an element was when something was done to it."""

    target: Target
    page: str
    """The variant of the page it was on."""
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing a person did."""

    kind: Kind
    target: Target | None = None
    page: str | None = None
    """The tab, if it was not the one in front."""
    value: str | None = None
    """The address, the text, the key; never what was typed into a password field."""
    secret: bool = False
    """Whether a password was typed."""
    checked: bool = True
    labels: tuple[str, ...] = ()
    """The entries that were chosen, or the names of the files that were given."""
    button: Literal["left", "right"] = "left"
    count: int = 1
    """How many times in a row it was clicked."""
    to: Target | None = None
    """What it was dropped on."""
    opens: str | None = None
    """The name of the tab that came of it."""
    dialog: bool = False
    """Whether the page asked something."""
    seen: tuple[Seen, ...] = field(default=(), compare=False)
    """The elements of it."""
