"""The mouse of an X display."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass

from activities.drivers.desktop.x11.connection import XConnection
from activities.sessions.desktop import MouseButton

_PRESS, _RELEASE, _MOTION = 4, 5, 6
_FAKE_INPUT = 2
_BUTTONS: dict[MouseButton, int] = {"left": 1, "middle": 2, "right": 3}
_STEPS = 12
"""Places a drag goes by: programs tell one from a click by the way."""
_PACE = 0.02
"""Seconds at each of them: programs hear of one place only where the mouse was at several since they last looked."""


@dataclass
class Pointer:
    """The mouse of a display."""

    x: XConnection
    _opcode: int = 0

    async def click(self, at: tuple[int, int], button: MouseButton, count: int) -> None:
        """Click a place, once or more."""
        await self._move(at)
        for _ in range(count):
            self._fake(_PRESS, _BUTTONS[button])
            self._fake(_RELEASE, _BUTTONS[button])
        await self.x.settle()

    async def drag(self, source: tuple[int, int], target: tuple[int, int]) -> None:
        """Press at one place and let go at another."""
        await self._move(source)
        self._fake(_PRESS, _BUTTONS["left"])
        for step in range(1, _STEPS + 1):
            await self._move(_between(source, target, step / _STEPS))
            await asyncio.sleep(_PACE)
        self._fake(_RELEASE, _BUTTONS["left"])
        await self.x.settle()

    async def _move(self, at: tuple[int, int]) -> None:
        self._opcode = self._opcode or await self.x.extension("XTEST")
        self._fake(_MOTION, 0, at)
        await self.x.settle()

    def _fake(self, kind: int, detail: int, at: tuple[int, int] = (0, 0)) -> None:
        root = self.x.screen.root if kind == _MOTION else 0
        self.x.send(
            self._opcode, _FAKE_INPUT, struct.pack("<BBxxIIxxxxxxxxhhxxxxxxxx", kind, detail, 0, root, at[0], at[1])
        )


def _between(source: tuple[int, int], target: tuple[int, int], share: float) -> tuple[int, int]:
    return (
        round(source[0] + (target[0] - source[0]) * share),
        round(source[1] + (target[1] - source[1]) * share),
    )
