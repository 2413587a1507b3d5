"""What desktop nodes need of a desktop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Protocol

from pydantic import StringConstraints

from activities.node import Capability, Params
from activities.sessions.control import Control
from activities.sessions.files import Workspace

AppName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
"""What a document calls a program it works with."""
MouseButton = Literal["left", "middle", "right"]


class State(StrEnum):
    """How a control can be."""

    VISIBLE = "visible"
    GONE = "gone"
    """Not to be seen, or not there at all."""
    ENABLED = "enabled"
    DISABLED = "disabled"
    CHECKED = "checked"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Rect:
    """A place on the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a program says of one of its controls."""

    ref: str
    """Finds it again, from another process too; plain text."""
    control_type: str
    """One of the names of `ControlType`."""
    name: str
    """With runs of blanks as one."""
    automation_id: str = ""
    class_name: str = ""
    enabled: bool = True
    visible: bool = True
    checked: bool | None = None
    """None for what cannot be checked."""
    selected: bool | None = None
    expanded: bool | None = None
    focused: bool = False
    pid: int = 0
    """The process it belongs to."""
    children: int = 0
    """How many controls are directly inside of it, as it says."""


@dataclass(frozen=True, slots=True)
class Branch:
    """A control with its place in the tree of a window."""

    depth: int
    """0 for where the tree begins."""
    facts: Facts


@dataclass(frozen=True, slots=True)
class App:
    """A program a document works with."""

    name: str
    """What the document calls it."""
    pid: int
    title: str
    """The title of its first window."""


@dataclass(frozen=True, slots=True)
class Launch:
    """How a program is started."""

    program: str
    """Its name or path."""
    arguments: Sequence[str] = ()
    files: Sequence[str] = ()
    """Files of the run, whose copies it gets as its last arguments."""
    environment: Mapping[str, str] | None = None
    """Added to that of the desktop."""
    window: Control | None = None
    """The window that shows that it is ready; by default any of its windows."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """How the mouse is clicked."""

    button: MouseButton = "left"
    count: int = 1
    at: tuple[int, int] | None = None
    """Where on the control, in pixels from its upper left corner; None presses it as its program says it is pressed,
    and clicks its middle if that cannot be done."""


CLICK = Stroke()
"""A plain click."""


class DesktopSession(Protocol):
    """One program on a run's desktop, for one step.

    What waits gives up a little before the step's timeout. Targets are strict: nothing that matches is an
    ElementNotFoundError that names the nearest candidates, two that match an ElementAmbiguousError, one that cannot be
    used an ElementNotReadyError; a program that has ended is an ApplicationFailedError, a desktop that is gone a
    SessionLostError. An error tells whether anything had been done.
    """

    @property
    def workspace(self) -> Workspace:
        """The files of the run."""

    @property
    def folder(self) -> Path:
        """The desktop's own folder: programs begin in it, and what they save under a plain name is there."""

    async def lend(self, path: str, name: str | None = None) -> Path:
        """Copy a file of the run into the folder, by default under its own name; where it is there."""

    async def saved(self, path: str) -> Path:
        """Wait until a program has written a file in the folder, and nobody writes it any more; where it is."""

    def app(self, name: str) -> DesktopSession:
        """The same desktop with another of its programs; by default it is the one launched or attached last."""

    async def launch(self, launch: Launch, name: str) -> App:
        """Start a program and wait until a window of it is there."""

    async def attach(self, window: Control, name: str) -> App:
        """Work with a program that is on the desktop already, by one of its windows."""

    async def close(self, *, force: bool = False) -> None:
        """Close the windows of the program and wait until it has ended; `force` ends it as it is."""

    async def find(self, target: Control) -> Facts:
        """Wait for a control to be there and visible."""

    async def exists(self, target: Control, *, within: timedelta = timedelta()) -> bool:
        """Tell whether a control is there and visible, now or soon."""

    async def wait(self, target: Control, state: State) -> None:
        """Wait until a control is so."""

    async def wait_gone(self, target: Control) -> None:
        """Wait until a control is not to be seen any more."""

    async def shows(self, target: Control, text: str, *, whole: bool = False) -> str | None:
        """Wait until a control shows a text, as a part or the `whole` of it; what it shows instead if it never does."""

    async def invoke(self, target: Control, stroke: Stroke = CLICK) -> None:
        """Press or click a control once it is enabled."""

    async def set_value(self, target: Control, value: str) -> None:
        """Give a field, a slider or a cell a value, and see that it has it."""

    async def get_value(self, target: Control) -> str:
        """Read the value of a field, or the text of a control."""

    async def toggle(self, target: Control, *, on: bool) -> bool:
        """Switch a control on or off, and see that it is; whether it had to be switched."""

    async def select(self, target: Control, item: str) -> None:
        """Select an item of a list, a combo box, a tree or tabs by its name, and see that it is selected."""

    async def expand(self, target: Control, *, open: bool = True) -> None:  # noqa: A002 - what people call it
        """Open or close what can be unfolded."""

    async def menu(self, path: Sequence[str]) -> None:
        """Choose an item of the menu bar, or of a menu that is open, by the names that lead to it."""

    async def send_keys(self, keys: str, target: Control | None = None) -> None:
        """Press keys as UI Automation writes them, e.g. `{Ctrl}s{Enter}`; in a control if one is given."""

    async def type(self, text: str, target: Control | None = None) -> None:
        """Type a text as it is, key by key."""

    async def drag(self, source: Control, target: Control) -> None:
        """Drag a control onto another."""

    async def rect(self, target: Control) -> Rect:
        """Tell where a control is on the screen."""

    async def screenshot(self, target: Control | None = None) -> bytes:
        """Take a picture (PNG) of a control, or of the whole screen."""

    async def tree(self, target: Control | None = None, *, depth: int = 20) -> Sequence[Branch]:
        """Give what is inside of a control, or of all windows of the program, in reading order of the program."""

    async def table(self, target: Control, *, most: int) -> list[list[str]]:
        """Read the cells of a table, its header first if it has one, at most so many rows."""

    async def read_clipboard(self) -> str:
        """Read the text on the clipboard."""

    async def write_clipboard(self, text: str) -> None:
        """Put a text on the clipboard."""


class OnDesktop(Params):
    """What all steps on a desktop share."""

    app: AppName | None = None
    """The program it is about, by the name it was launched with; by default the one launched or attached last."""


class Position(Params):
    """A place on a control."""

    x: int
    """Pixels from its left edge."""
    y: int
    """Pixels from its upper edge."""


class Pointing(OnDesktop):
    """What is clicked, and where."""

    target: Control
    """The control."""
    position: Position | None = None
    """Where on it the mouse is clicked; by default it is pressed as its program says, or clicked in its middle."""

    def stroke(self, button: MouseButton = "left", count: int = 1) -> Stroke:
        """Say it to a session."""
        return Stroke(button, count, (self.position.x, self.position.y) if self.position else None)


def _part(session: DesktopSession, params: Params) -> DesktopSession:
    name = params.app if isinstance(params, OnDesktop) else None
    return session.app(name) if name is not None else session


DESKTOP: Capability[DesktopSession] = Capability("desktop", session=True, workspace=True, part=_part)
"""A desktop with programs, held for the whole run; its steps may name files of the run, e.g. pictures of controls."""
