"""What browser nodes need of a browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal, Protocol

from activities.node import Capability
from activities.sessions.files import Workspace
from activities.sessions.target import Target

Dialog = Literal["accept", "dismiss"]
MouseButton = Literal["left", "middle", "right"]


class State(StrEnum):
    """How an element can be."""

    VISIBLE = "visible"
    HIDDEN = "hidden"
    """Not to be seen, or not there at all."""
    ATTACHED = "attached"
    """There, seen or not."""
    DETACHED = "detached"
    """Not there at all."""
    ENABLED = "enabled"
    DISABLED = "disabled"
    CHECKED = "checked"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Visit:
    """A page that was opened."""

    url: str
    """Where redirects led."""
    title: str
    status: int | None
    """The HTTP status; None when nothing was fetched, e.g. for an anchor of the same page."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a page did at once when something was done to it."""

    url: str
    dialogs: tuple[str, ...] = ()
    """The messages of the dialogs it showed."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a list of choices."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class TableText:
    """The texts of a table's cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that can be seen on a page; everything that is given must be true at the same time."""

    target: Target | None = None
    state: State | None = None
    text: str | None = None
    """What the element, or the page when there is no target, shows; being part of it is enough."""
    value: str | None = None
    """What a field holds, exactly."""
    count: int | None = None
    """How many elements match the target."""
    url: str | None = None
    """The address, or a pattern with `*` and `?`; being the path is enough."""
    title: str | None = None
    """The page's title, exactly."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What was to be seen, and what was there instead."""

    expected: str
    found: str
    url: str
    missing: bool = False
    """Whether nothing matches the target."""


class Download(Protocol):
    """A file that a page is sending."""

    @property
    def name(self) -> str:
        """The name the page gave it: a bare file name."""

    async def save(self, path: Path) -> None:
        """Wait for the rest of it and put it at a path."""


class Page(Protocol):
    """The tab in front of a run's browser, for the length of one step.

    Every method waits for what it needs, never longer than its step may take. An element that is not there, not the
    only one, or not usable is an ElementNotFoundError, ElementAmbiguousError or ElementNotReadyError.
    """

    @property
    def workspace(self) -> Workspace:
        """The files of the run."""

    @property
    def url(self) -> str:
        """Where it is."""

    async def open(self, url: str, viewport: tuple[int, int] | None) -> Visit:
        """Close all other tabs and go to an address."""

    async def goto(self, url: str) -> Visit:
        """Go to an address, which may be relative to the page."""

    async def close(self) -> str:
        """Close the tab; the one before it comes to the front, at the address that is returned."""

    async def fill(self, target: Target, text: str) -> None:
        """Replace what a field holds."""

    async def click(self, target: Target, button: MouseButton, count: int, dialog: Dialog) -> Reaction:
        """Click an element; failures up to the click itself say that nothing was done."""

    async def press(self, key: str, target: Target | None, dialog: Dialog) -> Reaction:
        """Press a key, on an element or on what has the focus."""

    async def select(self, target: Target, *, value: str | None, label: str | None) -> Choice:
        """Choose an entry of a list by its value or its label."""

    async def check(self, target: Target, *, checked: bool) -> None:
        """Bring a box or switch to a state."""

    async def read(self, target: Target, attribute: str | None) -> str | None:
        """Read what an element shows, or an attribute of it; None for an attribute it does not have."""

    async def read_all(self, target: Target, attribute: str | None) -> Sequence[str | None]:
        """Read every element that matches, as they are now."""

    async def table(self, target: Target) -> TableText:
        """Read a table."""

    async def meets(self, condition: Condition, *, within: timedelta | None = None) -> Difference | None:
        """Wait until a condition is met; the difference that is left if it never is."""

    async def exists(self, target: Target, *, within: timedelta) -> bool:
        """Wait until an element that matches is visible, and say whether that came about."""

    async def screenshot(self, target: Target | None, *, full_page: bool) -> bytes:
        """Take a picture (PNG) with password fields covered."""

    async def download(self, target: Target) -> Download:
        """Click an element that makes the page send a file."""

    async def upload(self, target: Target, files: Sequence[Path]) -> Reaction:
        """Give files to a field or to a button that asks for files."""


BROWSER: Capability[Page] = Capability("browser", session=True)
