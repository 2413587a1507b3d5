"""Knowing that a program has taken in what was typed: keys must not come to mean something else before."""

from __future__ import annotations

import asyncio
import itertools
import struct
from contextlib import suppress
from dataclasses import dataclass, field

from activities.drivers.desktop.x11.connection import DisplayGoneError, XConnection
from activities.drivers.desktop.x11.window import active

_CHANGE_ATTRIBUTES, _SEND_EVENT = 2, 25
_EVENT_MASK, _STRUCTURE = 0x800, 0xA0000
"""GTK answers to whoever heeds what becomes of the windows in the root window, Qt to whoever heeds that itself."""
_CLIENT_MESSAGE = 33
_TIME = 1.0
"""Seconds that a program gets to answer the first time; one that does not know how is not waited for any longer."""
_BUSY_TIME = 10.0
"""Seconds that one gets which has answered before."""
_marks = itertools.count(1)


@dataclass
class Echo:
    """Asks programs whether they have taken in what was typed."""

    x: XConnection
    _answering: set[int] = field(default_factory=set)
    """Windows whose programs have answered."""

    async def heard(self) -> None:
        """Wait until the program in front has taken in all keys: it answers a ping in its turn, after them."""
        await self.x.settle()
        window = await active(self.x)
        if not window:
            return
        self._listen(_STRUCTURE)
        ping, mark = await self.x.atom("_NET_WM_PING"), next(_marks)
        words = struct.pack("<5I", ping, mark, window, 0, 0)
        event = struct.pack("<BBHII", _CLIENT_MESSAGE, 32, 0, window, await self.x.atom("WM_PROTOCOLS")) + words
        self.x.send(_SEND_EVENT, 0, struct.pack("<II", window, 0) + event)
        with suppress(TimeoutError):
            async with asyncio.timeout(_BUSY_TIME if window in self._answering else _TIME):
                await _answer(self.x, words)
                self._answering.add(window)
        self._listen(0)

    def _listen(self, mask: int) -> None:
        self.x.send(_CHANGE_ATTRIBUTES, 0, struct.pack("<III", self.x.screen.root, _EVENT_MASK, mask))


async def _answer(x: XConnection, words: bytes) -> None:
    """Wait for a ping to come back; what else happens on the display meanwhile is of no interest."""
    while event := await x.events.get():
        if event[0] & 0x7F == _CLIENT_MESSAGE and event[12:] == words:
            return
    raise DisplayGoneError("the X server is gone")
