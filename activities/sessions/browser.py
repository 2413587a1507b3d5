"""What browser nodes need of a browser."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Protocol, Self

from pydantic import JsonValue, StringConstraints

from activities.node import Capability, Params
from activities.sessions.files import Workspace
from activities.sessions.profile import Profile
from activities.sessions.spot import Spot
from activities.sessions.target import Target
from activities.sessions.traffic import Traffic

Dialog = Literal["accept", "dismiss"]
Edge = Literal["top", "bottom", "left", "right"]
Modifier = Literal["Alt", "Control", "Meta", "Shift"]
MouseButton = Literal["left", "middle", "right"]
Paper = Literal["A3", "A4", "A5", "A6", "Legal", "Letter", "Tabloid"]

TabName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
"""What a document calls a tab."""


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
class Tab:
    """One tab."""

    name: str
    url: str
    title: str
    front: bool
    """Whether steps act in it unless they say otherwise."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place within an element, in pixels from its upper left corner."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Stroke:
    """How the mouse is clicked."""

    button: MouseButton = "left"
    count: int = 1
    modifiers: tuple[Modifier, ...] = ()
    """Keys that are held."""
    at: Point | None = None
    """Where on the element; None is its middle."""
    opens: str | None = None
    """What to call the tab that the click opens; None expects none."""
    spot: Spot | None = None
    """Where on the element, by what is seen there."""


CLICK = Stroke()
"""A plain click."""


@dataclass(frozen=True, slots=True)
class Print:
    """How a page is put on paper."""

    paper: Paper = "A4"
    landscape: bool = False
    background: bool = True
    scale: float = 1.0
    pages: str | None = None
    """Which, e.g. `1-3, 5`; None is all."""
    margin: str = "1cm"


@dataclass(frozen=True, slots=True)
class Scrolled:
    """How far scrolling led."""

    count: int
    """How many of the elements that were counted there are."""
    end: bool
    """Whether nothing more came."""


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
    not_text: str | None = None
    """What the element, or the page, does not show, not even as a part of something."""
    value: str | None = None
    """What a field holds, exactly."""
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    """What attributes of the element say, exactly; None for one that it must not have."""
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


@dataclass(frozen=True, slots=True)
class FieldSource:
    """Where a field of a record comes from."""

    name: str
    target: Target | None
    """The element, within the record's own; None is that one itself."""
    attribute: str | None = None
    """What of it; None is what it shows."""
    optional: bool = False
    """Whether it may be missing; None is read then."""


class Download(Protocol):
    """A file that a page is sending."""

    @property
    def name(self) -> str:
        """The name the page gave it: a bare file name."""

    async def save(self, path: Path) -> None:
        """Wait for the rest of it and put it at a path."""


class Page(Protocol):
    """One tab of a run's browser, for the length of one step: the tab in front, or one of a name.

    Every method waits for what it needs, never longer than its step may take. An element that is not there, not the
    only one, or not usable is an ElementNotFoundError, ElementAmbiguousError or ElementNotReadyError.
    """

    @property
    def workspace(self) -> Workspace:
        """The files of the run."""

    @property
    def profile(self) -> Profile:
        """The browser apart from its tabs."""

    @property
    def traffic(self) -> Traffic:
        """What its pages ask the network for."""

    @property
    def url(self) -> str:
        """Where it is."""

    def named(self, name: str) -> Self:
        """The tab of a name instead; it is waited for."""

    # Going places

    async def open(self, url: str, viewport: tuple[int, int] | None) -> Visit:
        """Close all other tabs and go to an address."""

    async def open_tab(self, name: str, url: str) -> Visit:
        """Go to an address in another tab, which comes to the front; one of this name is used again."""

    async def goto(self, url: str) -> Visit:
        """Go to an address, which may be relative to the page."""

    async def back(self) -> Visit:
        """Go to the page before."""

    async def forward(self) -> Visit:
        """Go to the page that `back` left."""

    async def reload(self, *, resend: bool) -> Visit:
        """Load the page again; one that sending a form led to is refused unless the form may be sent again."""

    async def close(self) -> str:
        """Close the tab; the address of the one that is in front then."""

    async def show(self) -> Visit:
        """Bring the tab to the front."""

    async def tabs(self) -> Sequence[Tab]:
        """List the tabs, the one in front last."""

    # Acting

    async def fill(self, target: Target, text: str) -> None:
        """Replace what a field holds."""

    async def click(self, target: Target, stroke: Stroke = CLICK, dialog: Dialog | None = None) -> Reaction:
        """Click an element; failures up to the click itself say that nothing was done."""

    async def press(self, key: str, target: Target | None, dialog: Dialog | None) -> Reaction:
        """Press a key, on an element or on what has the focus."""

    async def type(self, text: str, target: Target | None, *, clear: bool, pause: timedelta) -> Reaction:
        """Type a text key by key, into an element or into what has the focus."""

    async def hover(self, target: Target, spot: Spot | None = None) -> None:
        """Put the mouse over an element, or a spot on it."""

    async def drag(self, target: Target, to: Target) -> Reaction:
        """Drag an element onto another; failures up to the moment the mouse is pressed say that nothing was done."""

    async def scroll(self, target: Target | None, *, to: Edge | None, by: Point | None) -> None:
        """Bring an element into view, or scroll the page or the element to an edge or by so many pixels."""

    async def scroll_until(
        self, target: Target | None, *, count: int | None, within: Target | None, patience: timedelta
    ) -> Scrolled:
        """Scroll down until so many elements are there, or until nothing more comes for a while."""

    async def select(
        self, target: Target, *, values: Sequence[str], labels: Sequence[str], menu: bool
    ) -> Sequence[Choice]:
        """Choose entries of a list by their values or labels, and no others; what it shows then, of a menu anything."""

    async def check(self, target: Target, *, checked: bool) -> None:
        """Bring a box or switch to a state."""

    async def upload(self, target: Target, files: Sequence[Path]) -> Reaction:
        """Give files to a field or to a button that asks for files."""

    async def download(self, target: Target) -> Download:
        """Click an element that makes the page send a file."""

    async def download_from(self, url: str) -> Download:
        """Ask an address for a file; it may be relative to the page."""

    async def evaluate(self, script: str, argument: JsonValue, target: Target | None) -> JsonValue:
        """Run a script in the page, on an element if one is given."""

    # Looking

    async def read(self, target: Target, attribute: str | None) -> str | None:
        """Read what an element shows, or an attribute of it; None for an attribute it does not have."""

    async def read_all(self, target: Target, attribute: str | None) -> Sequence[str | None]:
        """Read every element that matches, as they are now."""

    async def table(self, target: Target) -> TableText:
        """Read a table."""

    async def records(
        self, each: Target | None, fields: Sequence[FieldSource], *, at_least: int
    ) -> Sequence[Mapping[str, str | None]]:
        """Read the same fields of every element, or of the page, once there are so many."""

    def sheets(self, forward: Target | None, content: Target | None, limit: int) -> AsyncIterator[int]:
        """Page through a list: the number of each page, from 1, as soon as its content is there."""

    async def meets(self, condition: Condition, *, within: timedelta | None = None) -> Difference | None:
        """Wait until a condition is met; the difference that is left if it never is."""

    async def exists(self, target: Target, *, within: timedelta) -> bool:
        """Wait until an element that matches is visible, and say whether that came about."""

    async def sees(self, target: Target, spot: Spot, *, within: timedelta | None = None, gone: bool = False) -> bool:
        """Wait until an element shows a spot, or until it is gone, and say whether that came about."""

    async def screenshot(self, target: Target | None, *, full_page: bool) -> bytes:
        """Take a picture (PNG) with password fields covered."""

    async def pdf(self, how: Print) -> bytes:
        """Print the page into a file."""


class OnPage(Params):
    """What every step in a tab may say."""

    page: TabName | None = None
    """The tab it is about, by name; by default the one in front."""


def _tab(page: Page, params: Params) -> Page:
    return page.named(params.page) if isinstance(params, OnPage) and params.page is not None else page


BROWSER: Capability[Page] = Capability("browser", session=True, part=_tab)
