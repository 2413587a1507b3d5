"""Keys pressed on an X display, whatever the characters its keyboard has."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from activities.drivers.desktop.keys import Chord
from activities.drivers.desktop.x11.connection import XConnection
from activities.drivers.desktop.x11.echo import Echo
from activities.drivers.desktop.x11.keysym import HOLDING, SHIFT, keysym

_PRESS, _RELEASE = 2, 3
_GET_MAPPING, _CHANGE_MAPPING = 101, 100
_FAKE_INPUT = 2
_LEVELS = 4
_UNICODE = 0x01000000
_BATCH = 32
"""Keys between two moments at which the server is waited for."""


@dataclass
class Keyboard:
    """The keyboard of a display; characters it does not have are put on keys that nobody uses."""

    x: XConnection
    _echo: Echo = field(init=False)
    _keys: dict[int, tuple[int, bool]] = field(default_factory=dict)
    """The key of each symbol, and whether it needs Shift."""
    _spare: list[int] = field(default_factory=list)
    _taken: list[tuple[int, int]] = field(default_factory=list)
    """Spare keys with the symbols they were given, the oldest first."""
    _width: int = 0
    _opcode: int = 0

    def __post_init__(self) -> None:
        """Its programs are asked by the same connection, in the same turn as they are told keys."""
        self._echo = Echo(self.x)

    async def press(self, chords: Sequence[Chord]) -> None:
        """Press keys one after the other."""
        await self._learn()
        for number, chord in enumerate(chords, start=1):
            key = chord.key.lower() if chord.holding and len(chord.key) == 1 else chord.key
            code, shifted = await self._key(keysym(key))
            held = [self._keys[HOLDING[hold]][0] for hold in chord.holding]
            if shifted and "SHIFT" not in chord.holding:
                held.append(self._keys[SHIFT][0])
            for each in (*held, code):
                self._fake(_PRESS, each)
            for each in (code, *reversed(held)):
                self._fake(_RELEASE, each)
            if number % _BATCH == 0:
                await self.x.settle()
        await self._echo.heard()

    async def type(self, text: str) -> None:
        """Type a text, any characters."""
        await self.press([Chord(character) for character in text.replace("\r\n", "\n")])

    async def _learn(self) -> None:
        if self._opcode:
            return
        first, last = self.x.screen.first_keycode, self.x.screen.last_keycode
        answer = await self.x.ask(_GET_MAPPING, 0, struct.pack("<BBxx", first, last - first + 1))
        self._width = answer[1]
        symbols = struct.unpack_from(f"<{(last - first + 1) * self._width}I", answer, 32)
        for code in range(first, last + 1):
            plain, shifted = symbols[(code - first) * self._width :][:2]
            self._keys.setdefault(plain, (code, False))
            self._keys.setdefault(shifted, (code, True))
            row = symbols[(code - first) * self._width :][: self._width]
            if not any(row) and code > first:
                self._spare.append(code)
            elif _was_given(row):
                self._taken.append((code, plain))
        self._keys.pop(0, None)
        self._opcode = await self.x.extension("XTEST")

    async def _key(self, symbol: int) -> tuple[int, bool]:
        if symbol not in self._keys:
            self._keys[symbol] = (await self._room(), False)
            code = self._keys[symbol][0]
            self._taken.append((code, symbol))
            symbols = struct.pack(f"<{self._width}I", *([symbol] * self._width))
            self.x.send(_CHANGE_MAPPING, 1, struct.pack("<BBxx", code, self._width) + symbols)
        return self._keys[symbol]

    async def _room(self) -> int:
        """A key that may mean something new."""
        if self._spare:
            return self._spare.pop(0)
        await self._echo.heard()
        for code, symbol in self._taken:
            self._keys.pop(symbol, None)
            self._spare.append(code)
        self._taken.clear()
        return self._spare.pop(0)

    def _fake(self, kind: int, code: int) -> None:
        self.x.send(self._opcode, _FAKE_INPUT, struct.pack("<BBxxIIxxxxxxxxhhxxxxxxxx", kind, code, 0, 0, 0, 0))


def _was_given(symbols: Sequence[int]) -> bool:
    """Whether a key got its symbol from here: no keyboard has the same letter beyond ASCII on all levels of a key."""
    plain = symbols[0]
    return (0xA0 <= plain <= 0xFF or plain > _UNICODE) and set(symbols[:_LEVELS]) == {plain}  # noqa: PLR2004 - Latin-1
