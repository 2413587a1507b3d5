"""The controls of one Linux desktop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection, Mapping, Sequence
from typing import Self, TypeVar

from typing_extensions import override

from activities.drivers.desktop.atspi.action import Actor
from activities.drivers.desktop.atspi.bus import Bus
from activities.drivers.desktop.atspi.geometry import Geometry
from activities.drivers.desktop.atspi.grid import Grid
from activities.drivers.desktop.atspi.qt import any_with_qt
from activities.drivers.desktop.atspi.reader import Reader
from activities.drivers.desktop.keys import parse
from activities.drivers.desktop.toolkit import StaleError, Toolkit, UnsupportedError
from activities.drivers.desktop.x11 import clipboard
from activities.drivers.desktop.x11 import window as xwindow
from activities.drivers.desktop.x11.connection import DisplayGoneError, XConnection, XError
from activities.drivers.desktop.x11.keyboard import Keyboard
from activities.drivers.desktop.x11.pointer import Pointer
from activities.sessions.desktop import Facts, MouseButton, Rect
from workflows.errors import SessionUnavailableError

T = TypeVar("T")


class AtspiToolkit(Toolkit):
    """Programs with windows on Linux: what they say and do by AT-SPI, keys and mouse by their X display."""

    def __init__(self, environment: Mapping[str, str], bus: Bus, x: XConnection) -> None:
        self._environment = dict(environment)
        self._bus = bus
        self._x = x
        self._reader = Reader(bus)
        self._actor = Actor(bus, self._reader)
        self._grid = Grid(bus, self._reader, self._actor)
        self._geometry = Geometry(bus, self._reader, x)
        self._keyboard = Keyboard(x)
        self._pointer = Pointer(x)

    @classmethod
    async def connect(cls, environment: Mapping[str, str]) -> Self:
        """Connect to a desktop by the environment that its programs have."""
        if not environment.get("DISPLAY"):
            raise SessionUnavailableError("there is no desktop: its environment names no DISPLAY")
        bus = await Bus.connect(environment)
        try:
            return cls(environment, bus, await XConnection.connect(environment))
        except (OSError, EOFError, TimeoutError, XError) as error:
            await bus.close()
            display = environment.get("DISPLAY", "")
            raise SessionUnavailableError(
                f"the display {display!r} of the desktop cannot be reached: {str(error) or 'no answer'}"
            ) from error
        except BaseException:
            await bus.close()
            raise

    async def close(self) -> None:
        """End the connections; programs and what is on the clipboard stay."""
        await self._bus.close()
        await self._x.close()

    @property
    @override
    def environment(self) -> Mapping[str, str]:
        return {"AT_SPI_BUS_ADDRESS": self._bus.address}

    async def _on_display(self, doing: Awaitable[T]) -> T:
        """Do something with the X display.

        Raises:
            StaleError: it is gone, or a window of it.
        """
        try:
            return await doing
        except (DisplayGoneError, XError, OSError, EOFError, TimeoutError) as error:
            raise StaleError(str(error) or "the display is gone") from error

    @override
    async def windows(self) -> Sequence[Facts]:
        return await self._reader.windows()

    @override
    async def missed(self, pids: Collection[int]) -> bool:
        told = {window.pid for window in await self._reader.windows()}
        shown = {window.pid for window in await self._on_display(xwindow.windows(self._x))}
        return await asyncio.to_thread(any_with_qt, shown.intersection(pids) - told)

    @override
    async def deaf(self, pids: Collection[int]) -> bool:
        return not self._reader.silent().isdisjoint(pids)

    @override
    async def children(self, ref: str) -> Sequence[Facts]:
        return await self._reader.children(ref)

    @override
    async def named(self, ref: str, name: str) -> Facts | None:
        return await self._grid.cell(ref, name)

    @override
    async def facts(self, ref: str) -> Facts:
        return await self._reader.facts(ref)

    @override
    async def invoke(self, ref: str) -> None:
        await self._actor.press(ref)

    @override
    async def value(self, ref: str) -> str:
        return await self._actor.value(ref)

    @override
    async def editable(self, ref: str) -> bool | None:
        return await self._reader.editable(ref)

    @override
    async def set_value(self, ref: str, value: str) -> None:
        await self._actor.set_value(ref, value)

    @override
    async def toggle(self, ref: str) -> None:
        await self._actor.press(ref)

    @override
    async def select(self, ref: str) -> None:
        await self._actor.select(ref)

    @override
    async def expand(self, ref: str, *, open: bool) -> None:
        if (await self._reader.facts(ref)).expanded is not open:
            await self._actor.unfold(ref)

    @override
    async def rows(self, ref: str, most: int) -> list[list[str]]:
        return await self._grid.rows(ref, most)

    @override
    async def focus(self, ref: str) -> None:
        await self._on_display(self._geometry.bring_forward(ref))
        if ref != await self._reader.window(ref):
            await self._actor.focus(ref)

    @override
    async def reveal(self, ref: str) -> None:
        await self._on_display(self._geometry.bring_forward(ref))
        await self._actor.scroll_to(ref)

    @override
    async def rect(self, ref: str) -> Rect:
        return await self._on_display(self._geometry.rect(ref))

    @override
    async def in_view(self, ref: str, rect: Rect) -> Rect:
        return await self._on_display(self._geometry.in_view(ref, rect))

    @override
    async def blocker(self, ref: str) -> str | None:
        return await self._reader.blocker(ref)

    @override
    async def click(self, x: int, y: int, button: MouseButton, count: int) -> None:
        await self._on_display(self._pointer.click((x, y), button, count))

    @override
    async def drag(self, source: tuple[int, int], target: tuple[int, int]) -> None:
        await self._on_display(self._pointer.drag(source, target))

    @override
    async def keys(self, keys: str) -> None:
        await self._on_display(self._keyboard.press(parse(keys)))

    @override
    async def type(self, text: str) -> None:
        await self._on_display(self._keyboard.type(text))

    @override
    async def screenshot(self, rect: Rect | None) -> bytes:
        return await self._on_display(xwindow.picture(self._x, rect))

    @override
    async def close_window(self, ref: str) -> None:
        window = await self._on_display(self._geometry.window(ref))
        if window is None:
            raise UnsupportedError("the window manager does not know the window")
        await self._on_display(xwindow.close(self._x, window.id))

    @override
    async def read_clipboard(self) -> str:
        return await self._on_display(clipboard.read(self._environment))

    @override
    async def write_clipboard(self, text: str) -> None:
        await self._on_display(clipboard.write(self._environment, text))
