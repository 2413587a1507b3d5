"""The windows of an X display: where they are, closing them, and pictures of the screen."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from activities.drivers.desktop.x11.connection import XConnection, XError
from activities.sessions.desktop import Rect

_GET_GEOMETRY, _TRANSLATE, _GET_IMAGE, _SEND_EVENT = 14, 40, 73, 25
_ROW_BYTES = 1 << 21
"""About how much of a picture is asked for at once."""
_CLIENT_MESSAGE = 33
_TO_MANAGER = 0x180000
_FROM_A_PAGER = 2


@dataclass(frozen=True, slots=True)
class XWindow:
    """A window that the window manager knows."""

    id: int
    pid: int
    title: str
    rect: Rect
    """Without the shadow that some toolkits draw inside of it."""


async def windows(x: XConnection) -> Sequence[XWindow]:
    """All windows that the window manager knows, the oldest first."""
    _, listed = await x.property(x.screen.root, "_NET_CLIENT_LIST")
    found: list[XWindow] = []
    for (window,) in struct.iter_unpack("<I", listed):
        try:
            found.append(await _window(x, window))
        except XError:
            continue
    return found


async def activate(x: XConnection, window: int) -> None:
    """Bring a window to the front and have it take what is typed."""
    await _tell_manager(x, window, "_NET_ACTIVE_WINDOW", (_FROM_A_PAGER, 0, 0, 0, 0))


async def close(x: XConnection, window: int) -> None:
    """Ask a window to close, as its close button does."""
    await _tell_manager(x, window, "_NET_CLOSE_WINDOW", (0, _FROM_A_PAGER, 0, 0, 0))


async def active(x: XConnection) -> int:
    """The window that takes what is typed; 0 for none."""
    _, content = await x.property(x.screen.root, "_NET_ACTIVE_WINDOW")
    return int(struct.unpack("<I", content)[0]) if content else 0


async def on_top(x: XConnection) -> int:
    """The window that no other covers; 0 for none."""
    _, content = await x.property(x.screen.root, "_NET_CLIENT_LIST_STACKING")
    return int(struct.unpack("<I", content[-4:])[0]) if content else 0


async def picture(x: XConnection, rect: Rect | None) -> bytes:
    """A picture (PNG) of a part of the screen, or of all of it."""
    from PIL import Image  # noqa: PLC0415 - of an optional extra

    seen = _on_screen(x, rect or Rect(0, 0, x.screen.width, x.screen.height))
    rows = max(1, _ROW_BYTES // (seen.width * 4))
    pixels = bytearray()
    for y in range(0, seen.height, rows):
        part = (seen.x, seen.y + y, seen.width, min(rows, seen.height - y))
        answer = await x.ask(_GET_IMAGE, 2, struct.pack("<IhhHHI", x.screen.root, *part, 0xFFFFFFFF))
        pixels += answer[32:]
    image = Image.frombytes("RGB", (seen.width, seen.height), bytes(pixels), "raw", "BGRX")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


async def _window(x: XConnection, window: int) -> XWindow:
    _, pid = await x.property(window, "_NET_WM_PID")
    _, title = await x.property(window, "_NET_WM_NAME")
    _, shadow = await x.property(window, "_GTK_FRAME_EXTENTS")
    geometry = await x.ask(_GET_GEOMETRY, 0, struct.pack("<I", window))
    width, height = struct.unpack_from("<HH", geometry, 16)
    moved = await x.ask(_TRANSLATE, 0, struct.pack("<IIhh", window, x.screen.root, 0, 0))
    left, top = struct.unpack_from("<hh", moved, 12)
    before, after, above, below = struct.unpack("<4I", shadow) if shadow else (0, 0, 0, 0)
    rect = Rect(left + before, top + above, width - before - after, height - above - below)
    number = struct.unpack("<I", pid)[0] if pid else 0
    return XWindow(window, number, " ".join(title.decode(errors="replace").split()), rect)


async def _tell_manager(x: XConnection, window: int, message: str, words: tuple[int, ...]) -> None:
    event = struct.pack("<BBHII5I", _CLIENT_MESSAGE, 32, 0, window, await x.atom(message), *words)
    x.send(_SEND_EVENT, 0, struct.pack("<II", x.screen.root, _TO_MANAGER) + event)
    await x.settle()


def _on_screen(x: XConnection, rect: Rect) -> Rect:
    left, top = max(0, rect.x), max(0, rect.y)
    right = min(x.screen.width, rect.x + rect.width)
    bottom = min(x.screen.height, rect.y + rect.height)
    if right <= left or bottom <= top:
        return Rect(0, 0, x.screen.width, x.screen.height)
    return Rect(left, top, right - left, bottom - top)
