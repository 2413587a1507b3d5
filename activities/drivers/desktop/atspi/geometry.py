"""Where controls are on the screen, whatever their toolkits take for its corner."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from activities.drivers.desktop.atspi.bus import ROOT, Bus
from activities.drivers.desktop.atspi.reader import Reader
from activities.drivers.desktop.toolkit import UnsupportedError
from activities.drivers.desktop.x11 import window as xwindow
from activities.drivers.desktop.x11.connection import XConnection
from activities.drivers.desktop.x11.window import XWindow
from activities.sessions.desktop import Rect

_GTK4 = "GTK"
_POPUPS = {"window", "popup-menu", "menu", "tool-tip"}
_SCROLLING = {"scroll-pane", "viewport"}
_PAUSE = 0.01
_MOST_LOOKS = 200
"""How often it is looked whether the window manager has done what it was asked for."""
_NOWHERE = -(1 << 30)


@dataclass(frozen=True, slots=True)
class Geometry:
    """Finds places on the screen."""

    bus: Bus
    reader: Reader
    x: XConnection

    async def rect(self, ref: str) -> Rect:
        """Where a control is."""
        place = await self._said(ref)
        if place.x < _NOWHERE or place.width < 1 or place.height < 1:
            raise UnsupportedError("the control is nowhere on the screen")
        program = await self.reader.program(ref)
        if program.toolkit == _GTK4:
            return _moved(place, await self._of_window(ref))
        return _moved(place, await self._of_document(ref))

    async def in_view(self, ref: str, rect: Rect) -> Rect:
        """The part of a control's place that is within everything that scrolls it."""
        at = await self.reader.parent(ref)
        while at is not None and not at.endswith(f" {ROOT}"):
            if await self.reader.role(at) in _SCROLLING:
                rect = _common(rect, await self.rect(at))
            at = await self.reader.parent(at)
        return rect

    async def window(self, ref: str) -> XWindow | None:
        """The window of the display that a control is in."""
        top = await self.reader.window(ref)
        facts = await self.reader.facts(top)
        try:
            size = await self._said(top)
        except UnsupportedError:
            size = Rect(0, 0, 0, 0)
        return _best(await xwindow.windows(self.x), facts.pid, facts.name, size)

    async def bring_forward(self, ref: str) -> None:
        """Have the window that a control is in before all others; what pops up is there already."""
        if await self.reader.role(await self.reader.window(ref)) in _POPUPS:
            return
        window = await self.window(ref)
        if window is None or await xwindow.active(self.x) == window.id == await xwindow.on_top(self.x):
            return
        await xwindow.activate(self.x, window.id)
        for _ in range(_MOST_LOOKS):
            if await xwindow.active(self.x) == window.id:
                return
            await asyncio.sleep(_PAUSE)

    async def _said(self, ref: str) -> Rect:
        ((x, y, width, height),) = await self.bus.call(ref, "Component", "GetExtents", "u", (0,))
        return Rect(x, y, width, height)

    async def _of_window(self, ref: str) -> tuple[int, int]:
        """By how much GTK 4 is wrong: it counts from the corner of its window, inside of its shadow."""
        window = await self.window(ref)
        if window is None:
            return (0, 0)
        inner = await self._said(await self.reader.window(ref))
        return (
            window.rect.x - inner.x + (window.rect.width - inner.width) // 2,
            window.rect.y - inner.y + (window.rect.height - inner.height) // 2,
        )

    async def _of_document(self, ref: str) -> tuple[int, int]:
        """By how much LibreOffice is wrong: it leaves out the menu bar above what it draws by itself."""
        at: str | None = ref
        while at is not None:
            role = await self.reader.role(at)
            if role == "root-pane":
                return await self._of_content(at)
            if role in {"frame", "window", "dialog", "application"} or await self._is_gtk(at):
                return (0, 0)
            at = await self.reader.parent(at)
        return (0, 0)

    async def _of_content(self, ref: str) -> tuple[int, int]:
        """By how much what fills a window up to its lower right corner is wrong."""
        window = await self.window(ref)
        if window is None:
            return (0, 0)
        said, real = await self._said(ref), window.rect
        return (real.x + real.width - said.width - said.x, real.y + real.height - said.height - said.y)

    async def _is_gtk(self, ref: str) -> bool:
        """Whether GTK itself says where it is, which is right."""
        (facts,) = await self.bus.call(ref, "Accessible", "GetAttributes")
        return bool(facts.get("toolkit") == "gtk")


def _moved(rect: Rect, by: tuple[int, int]) -> Rect:
    return Rect(rect.x + by[0], rect.y + by[1], rect.width, rect.height)


def _common(one: Rect, other: Rect) -> Rect:
    left, top = max(one.x, other.x), max(one.y, other.y)
    right, bottom = min(one.x + one.width, other.x + other.width), min(one.y + one.height, other.y + other.height)
    return Rect(left, top, max(0, right - left), max(0, bottom - top))


def _best(windows: Sequence[XWindow], pid: int, title: str, size: Rect) -> XWindow | None:
    """The one of a program's windows that fits best; titles may be the same, and so may sizes."""
    own = [window for window in windows if window.pid == pid] or [window for window in windows if not window.pid]

    def fitness(window: XWindow) -> tuple[bool, int]:
        return window.title == title, -abs(window.rect.width - size.width) - abs(window.rect.height - size.height)

    return max(own, key=fitness, default=None)
