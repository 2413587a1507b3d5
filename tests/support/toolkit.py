"""A desktop that is nothing but data, for tests of what is the same on all systems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from typing_extensions import override

from activities.drivers.desktop.session import DrivenDesktop
from activities.drivers.desktop.toolkit import StaleError, Station, Toolkit, UnresponsiveError, UnsupportedError
from activities.sessions.control import Control
from activities.sessions.desktop import Facts, MouseButton, Rect

PID = 7
SHORT = 0.6
"""Seconds of a step that is meant to fail."""

_REFS = count(1)


@dataclass
class Widget:
    """A control of a program that tests make up."""

    kind: str
    name: str = ""
    inside: list[Widget] = field(default_factory=list)
    value: str | None = None
    """None for what has none, and takes none."""
    on_press: Callable[[], None] | None = None
    """None for what only a mouse can press."""
    typed: str = ""
    """What was typed into it."""
    facts: dict[str, object] = field(default_factory=dict)
    """What else is true of it, by the names of Facts."""
    ref: str = field(default_factory=lambda: f"w{next(_REFS)}")

    def told(self) -> Facts:
        """What its program says of it."""
        own = Facts(ref=self.ref, control_type=self.kind, name=self.name, pid=PID, children=len(self.inside))
        return replace(own, **self.facts)  # type: ignore[arg-type]  # as its test says


class MadeUp(Toolkit):
    """Windows as a test has them, which do at once what they are told."""

    def __init__(self, *shown: Widget) -> None:
        self.shown = [*shown]
        self.done: list[tuple[str, ...]] = []
        self.silent = False
        self.focused: Widget | None = None
        self.clipboard = ""
        self.on_click: Callable[[Widget], None] = lambda _: None

    @override
    async def windows(self) -> Sequence[Facts]:
        return [] if self.silent else [window.told() for window in self.shown]

    @override
    async def children(self, ref: str) -> Sequence[Facts]:
        return [widget.told() for widget in self._at(ref).inside]

    @override
    async def named(self, ref: str, name: str) -> Facts | None:
        return next((widget.told() for widget in self._at(ref).inside if widget.name == name), None)

    @override
    async def facts(self, ref: str) -> Facts:
        return self._at(ref).told()

    @override
    async def invoke(self, ref: str) -> None:
        widget = self._at(ref)
        if widget.on_press is None:
            raise UnsupportedError("it is not pressed")
        self.done.append(("press", widget.name))
        widget.on_press()

    @override
    async def value(self, ref: str) -> str:
        widget = self._at(ref)
        return widget.value if widget.value is not None else widget.name

    @override
    async def set_value(self, ref: str, value: str) -> None:
        widget = self._at(ref)
        if widget.value is None or "locked" in widget.name:
            raise UnsupportedError("it takes no value")
        self.done.append(("set", widget.name, value))
        widget.value = value if "stubborn" not in widget.name else widget.value

    @override
    async def toggle(self, ref: str) -> None:
        widget = self._at(ref)
        self.done.append(("toggle", widget.name))
        if "stubborn" not in widget.name:
            widget.facts["checked"] = not widget.facts["checked"]

    @override
    async def select(self, ref: str) -> None:
        self.done.append(("select", self._at(ref).name))
        self._at(ref).facts["selected"] = True

    @override
    async def expand(self, ref: str, *, open: bool) -> None:
        self.done.append(("expand", self._at(ref).name))
        self._at(ref).facts["expanded"] = open

    @override
    async def rows(self, ref: str, most: int) -> list[list[str]]:
        raise UnsupportedError("it has no rows")

    @override
    async def focus(self, ref: str) -> None:
        self.focused = self._at(ref)

    @override
    async def reveal(self, ref: str) -> None:
        self._at(ref)

    @override
    async def rect(self, ref: str) -> Rect:
        return Rect(100 * self._all().index(self._at(ref)), 0, 100, 20)

    @override
    async def click(self, x: int, y: int, button: MouseButton, count: int) -> None:
        widget = self._all()[x // 100]
        self.done.append(("click", widget.name, button, str(count), f"{x % 100},{y}"))
        self.focused = widget
        self.on_click(widget)

    @override
    async def drag(self, source: tuple[int, int], target: tuple[int, int]) -> None:
        begin, end = self._all()[source[0] // 100], self._all()[target[0] // 100]
        self.done.append(("drag", begin.name, end.name))

    @override
    async def keys(self, keys: str) -> None:
        self.done.append(("keys", keys))
        if keys == "{Ctrl}a" and self.focused is not None and self.focused.value is not None:
            self.focused.value = ""

    @override
    async def type(self, text: str) -> None:
        self.done.append(("type", text))
        if self.focused is not None and self.focused.value is not None and "locked" not in self.focused.name:
            self.focused.value += text

    @override
    async def screenshot(self, rect: Rect | None) -> bytes:
        return b"a picture" if rect is None else f"a picture of {rect.width} by {rect.height}".encode()

    @override
    async def close_window(self, ref: str) -> None:
        widget = self._at(ref)
        self.done.append(("close", widget.name))
        if "stubborn" not in widget.name:
            self.shown.remove(widget)

    @override
    async def read_clipboard(self) -> str:
        return self.clipboard

    @override
    async def write_clipboard(self, text: str) -> None:
        self.clipboard = text

    def _at(self, ref: str) -> Widget:
        if self.silent:
            raise UnresponsiveError("the program does not answer")
        for widget in self._all():
            if widget.ref == ref:
                return widget
        raise StaleError(f"{ref} is gone")

    def _all(self) -> list[Widget]:
        found = [*self.shown]
        for widget in found:
            found += widget.inside
        return found


class Place(Station):
    """A place where one program runs until a test says otherwise."""

    def __init__(self, folder: Path = Path("/")) -> None:
        self._folder = folder
        self._apps = {"app": PID}
        self.how: str | None = None
        """How the program ended."""
        self.lost: str | None = None
        self.killed: list[int] = []

    @override
    async def launch(self, arguments: Sequence[str], environment: dict[str, str], directory: str) -> int:
        if arguments[0] == "missing":
            raise FileNotFoundError(2, "No such file or directory")
        return PID

    @property
    @override
    def folder(self) -> Path:
        return self._folder

    @override
    def remember(self, name: str, pid: int) -> None:
        self._apps.pop(name, None)
        self._apps[name] = pid

    @property
    @override
    def apps(self) -> dict[str, int]:
        return self._apps

    @override
    def ending(self, pid: int) -> str | None:
        return self.how

    @override
    def family(self, pid: int) -> set[int]:
        return {pid}

    @override
    async def kill(self, pid: int) -> None:
        self.killed.append(pid)
        self.how = "was ended by SIGKILL"

    @property
    @override
    def lost_because(self) -> str | None:
        return self.lost


def target(**facts: object) -> Control:
    """A target as a document writes it."""
    return Control.model_validate(facts)


def desktop(*widgets: Widget, place: Place | None = None, seconds: float = 5) -> tuple[DrivenDesktop, MadeUp]:
    """A step's session on a program with one window."""
    toolkit = MadeUp(Widget("Window", "Invoices", [*widgets]))
    return DrivenDesktop(toolkit, place or Place(), timeout=timedelta(seconds=seconds)), toolkit
