"""A process that holds the clipboard until another program takes it or the display ends.

A robot that starts anew finds it where its predecessor put it.
"""

from __future__ import annotations

import asyncio
import os
import struct
import sys

from activities.drivers.desktop.x11.clipboard import own_window
from activities.drivers.desktop.x11.connection import DisplayGoneError, XConnection, XError

_SET_OWNER, _CHANGE_PROPERTY, _SEND_EVENT = 22, 18, 25
_SELECTION_CLEAR, _SELECTION_REQUEST, _SELECTION_NOTIFY = 29, 30, 31
_REPLACE, _APPEND = 0, 2
_PIECE = 1 << 17
"""Bytes that fit into one request of the X protocol."""
_TEXTS = ("UTF8_STRING", "text/plain;charset=utf-8", "TEXT", "STRING", "text/plain")


async def hold(content: bytes, held: int) -> None:
    """Take the clipboard, say so, and give its content to whoever asks."""
    x = await XConnection.connect(os.environ)
    try:
        window = await own_window(x)
        clipboard = await x.atom("CLIPBOARD")
        targets = {await x.atom(name): name for name in (*_TEXTS, "TARGETS")}
        x.send(_SET_OWNER, 0, struct.pack("<III", window, clipboard, 0))
        await x.settle()
        os.write(held, b"1")
        os.close(held)
        while event := await x.events.get():
            if event[0] & 0x7F == _SELECTION_CLEAR:
                return
            if event[0] & 0x7F == _SELECTION_REQUEST:
                await _give(x, event, content, targets)
    finally:
        await x.close()


async def _give(x: XConnection, request: bytes, content: bytes, targets: dict[int, str]) -> None:
    time, _, requestor, selection, target, place = struct.unpack_from("<6I", request, 4)
    place = place or target
    known = targets.get(target)
    if known == "TARGETS":
        numbers = struct.pack(f"<{len(targets)}I", *targets)
        _put(x, (requestor, place, await x.atom("ATOM"), 32), numbers)
    elif known:
        kind = target if known != "TEXT" else await x.atom("UTF8_STRING")
        encoded = content.decode().encode("latin-1", errors="replace") if known == "STRING" else content
        _put(x, (requestor, place, kind, 8), encoded)
    event = struct.pack(
        "<BBHIIIIIxxxxxxxx", _SELECTION_NOTIFY, 0, 0, time, requestor, selection, target, place if known else 0
    )
    x.send(_SEND_EVENT, 0, struct.pack("<II", requestor, 0) + event)
    await x.settle()


def _put(x: XConnection, where: tuple[int, int, int, int], content: bytes) -> None:
    """Put a content where it is asked for: in which window, under which name, as what, in units of how many bits."""
    mode, bits = _REPLACE, where[3]
    for at in range(0, max(1, len(content)), _PIECE):
        piece = content[at : at + _PIECE]
        size = len(piece) * 8 // bits
        x.send(_CHANGE_PROPERTY, mode, struct.pack("<IIIBxxxI", *where, size) + piece)
        mode = _APPEND


def main() -> int:
    """Hold what comes in, in a process that its parent need not wait for; 0 once it is held."""
    content = sys.stdin.buffer.read()
    waiting, held = os.pipe()
    if os.fork():
        os.close(held)
        return 0 if os.read(waiting, 1) else 1
    os.close(waiting)
    try:
        asyncio.run(hold(content, held))
    except (DisplayGoneError, XError, OSError):
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
