"""The clipboard of an X display: text that a program holds and gives to whoever asks."""

from __future__ import annotations

import asyncio
import os
import struct
import sys
from collections.abc import Mapping
from contextlib import suppress

from activities.drivers.desktop.x11.connection import DisplayGoneError, XConnection

_TIME = 5.0
_HOLDER = (sys.executable, "-P", "-m", "activities.drivers.desktop.x11.holder")
_INHERITED = ("PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LANG", "LC_ALL")
_CREATE_WINDOW, _CONVERT_SELECTION, _SELECTION_OWNER = 1, 24, 23
_SELECTION_NOTIFY, _PROPERTY_NOTIFY = 31, 28
_ANSWER = "AETHER_CLIPBOARD"
_PROPERTY_CHANGES = 0x400000


async def read(environment: Mapping[str, str]) -> str:
    """The text on the clipboard; nothing where there is none."""
    x = await XConnection.connect(environment)
    try:
        async with asyncio.timeout(_TIME):
            return await _read(x)
    except TimeoutError:
        raise DisplayGoneError("the program that holds the clipboard does not give it away") from None
    finally:
        await x.close()


async def write(environment: Mapping[str, str], text: str) -> None:
    """Put a text on the clipboard; a process of its own holds it for as long as it is there."""
    kept = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    holder = await asyncio.create_subprocess_exec(
        *_HOLDER,
        env=kept | {name: environment[name] for name in ("DISPLAY", "XAUTHORITY") if name in environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_TIME):
            await holder.communicate(text.encode())
    except TimeoutError:
        raise DisplayGoneError("the clipboard cannot be taken") from None
    finally:
        if holder.returncode is None:
            with suppress(ProcessLookupError):
                holder.kill()
            await holder.wait()
    if holder.returncode:
        raise DisplayGoneError("the clipboard cannot be taken: the X server may be gone")


async def own_window(x: XConnection) -> int:
    """A window that is never shown: who holds the clipboard, or asks for it, is a window."""
    window = x.screen.ids
    body = struct.pack("<IIhhHHHHIII", window, x.screen.root, 0, 0, 1, 1, 0, 2, 0, 0x800, _PROPERTY_CHANGES)
    x.send(_CREATE_WINDOW, 0, body)
    await x.settle()
    return window


async def _read(x: XConnection) -> str:
    clipboard, answer = await x.atom("CLIPBOARD"), await x.atom(_ANSWER)
    owner = await x.ask(_SELECTION_OWNER, 0, struct.pack("<I", clipboard))
    if not struct.unpack_from("<I", owner, 8)[0]:
        return ""
    window = await own_window(x)
    for kind, encoding in (("UTF8_STRING", "utf-8"), ("STRING", "latin-1")):
        target = await x.atom(kind)
        x.send(_CONVERT_SELECTION, 0, struct.pack("<5I", window, clipboard, target, answer, 0))
        event = await _event(x, _SELECTION_NOTIFY)
        if struct.unpack_from("<I", event, 20)[0]:
            return (await _content(x, window)).decode(encoding, errors="replace")
    return ""


async def _content(x: XConnection, window: int) -> bytes:
    """What was given: at once, or piece by piece if it is long."""
    kind, content = await x.property(window, _ANSWER, delete=True)
    if kind != await x.atom("INCR"):
        return content
    pieces: list[bytes] = []
    while True:
        await _event(x, _PROPERTY_NOTIFY)
        kind, piece = await x.property(window, _ANSWER, delete=True)
        if kind and not piece:
            return b"".join(pieces)
        pieces.append(piece)


async def _event(x: XConnection, kind: int) -> bytes:
    while True:
        event = await x.events.get()
        if not event:
            raise DisplayGoneError("the X server is gone")
        if event[0] & 0x7F == kind:
            return event
