"""A connection to an X server: requests, their answers, and events."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_CONNECT_TIME = 5.0
_ANSWER_TIME = 5.0
_ERROR, _REPLY, _GENERIC_EVENT = 0, 1, 35
_MOST_EVENTS = 1000
_COOKIE = b"MIT-MAGIC-COOKIE-1"
_SETUP = struct.Struct("<4I2H8BI")
_SCREEN = struct.Struct("<5I6HI4B")


class XError(Exception):
    """The X server refuses a request."""


class DisplayGoneError(Exception):
    """There is no X server any more, or it does not answer."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What an X server says of itself."""

    root: int
    width: int
    height: int
    first_keycode: int
    last_keycode: int
    visual: int
    ids: int
    """The first number this connection may give to something of its own."""


class XConnection:
    """Speaks the X protocol over the server's local socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, screen: Screen) -> None:
        self._reader = reader
        self._writer = writer
        self.screen = screen
        self.events: asyncio.Queue[bytes] = asyncio.Queue(_MOST_EVENTS)
        """What the server tells of its own accord, as far as somebody takes it; an empty one when it is gone."""
        self._sent = 0
        self._asked: dict[int, asyncio.Future[bytes]] = {}
        self._atoms: dict[str, int] = {}
        self._listening = asyncio.ensure_future(self._listen())

    @classmethod
    async def connect(cls, environment: Mapping[str, str]) -> Self:
        """Connect to the display that an environment names."""
        number = environment["DISPLAY"].rpartition(":")[2].partition(".")[0]
        cookie = await asyncio.to_thread(_cookie, environment.get("XAUTHORITY"), number)
        async with asyncio.timeout(_CONNECT_TIME):
            reader, writer = await asyncio.open_unix_connection(f"/tmp/.X11-unix/X{number}")  # noqa: S108 - X's own place
            try:
                return cls(reader, writer, await _greet(reader, writer, cookie))
            except BaseException:
                writer.close()
                raise

    async def close(self) -> None:
        """End the connection."""
        self._listening.cancel()
        self._writer.close()
        with suppress(OSError, asyncio.CancelledError):
            await self._listening
        with suppress(OSError):
            await self._writer.wait_closed()

    @property
    def closed(self) -> bool:
        """Whether the server is gone, or this connection."""
        return self._listening.done()

    def send(self, opcode: int, detail: int = 0, body: bytes = b"") -> int:
        """Send a request; its number."""
        if self.closed:
            raise DisplayGoneError("the X server is gone")
        padded = body + bytes(-len(body) % 4)
        self._writer.write(struct.pack("<BBH", opcode, detail, 1 + len(padded) // 4) + padded)
        self._sent = (self._sent + 1) & 0xFFFF
        return self._sent

    async def ask(self, opcode: int, detail: int = 0, body: bytes = b"") -> bytes:
        """Send a request and wait for its answer, its header of 32 bytes and all."""
        number = self.send(opcode, detail, body)
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            return await asyncio.wait_for(answer, _ANSWER_TIME)
        except TimeoutError:
            raise DisplayGoneError("the X server does not answer") from None
        finally:
            self._asked.pop(number, None)

    async def settle(self) -> None:
        """Wait until the server has done all it was sent."""
        await self.ask(43)

    async def atom(self, name: str) -> int:
        """The number that stands for a name."""
        if name not in self._atoms:
            text = name.encode()
            answer = await self.ask(16, 0, struct.pack("<HH", len(text), 0) + text)
            (self._atoms[name],) = struct.unpack_from("<I", answer, 8)
        return self._atoms[name]

    async def extension(self, name: str) -> int:
        """The opcode of an extension."""
        answer = await self.ask(98, 0, struct.pack("<HH", len(name), 0) + name.encode())
        if not answer[8]:
            raise XError(f"the X server has no extension {name!r}")
        return answer[9]

    async def property(self, window: int, name: str, *, delete: bool = False) -> tuple[int, bytes]:
        """The type and content of a property of a window; no type where there is none."""
        where = struct.pack("<5I", window, await self.atom(name), 0, 0, 0x1FFFFFFF)
        answer = await self.ask(20, int(delete), where)
        kind, _, count = struct.unpack_from("<3I", answer, 8)
        return kind, answer[32 : 32 + count * answer[1] // 8]

    async def _listen(self) -> None:
        try:
            while True:
                head = await self._reader.readexactly(32)
                more = head[0] in {_REPLY, _GENERIC_EVENT} and struct.unpack_from("<I", head, 4)[0] * 4
                self._take(head + (await self._reader.readexactly(more) if more else b""))
        except (asyncio.IncompleteReadError, OSError):
            self._tell(b"")
        finally:
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(DisplayGoneError("the X server is gone"))

    def _tell(self, event: bytes) -> None:
        with suppress(asyncio.QueueFull):
            self.events.put_nowait(event)

    def _take(self, message: bytes) -> None:
        if message[0] not in {_ERROR, _REPLY}:
            self._tell(message)
            return
        answer = self._asked.get(struct.unpack_from("<H", message, 2)[0])
        if answer is None or answer.done():
            return
        if message[0] == _ERROR:
            answer.set_exception(XError(f"the X server refuses request {message[10]} with error {message[1]}"))
        else:
            answer.set_result(message)


async def _greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cookie: bytes) -> Screen:
    name = _COOKIE if cookie else b""
    writer.write(struct.pack("<BxHHHHxx", ord("l"), 11, 0, len(name), len(cookie)))
    writer.write(name + bytes(-len(name) % 4) + cookie + bytes(-len(cookie) % 4))
    success, reason, _, _, length = struct.unpack("<BBHHH", await reader.readexactly(8))
    body = await reader.readexactly(length * 4)
    if success != 1:
        raise XError(f"the X server refuses the connection: {body[:reason].decode(errors='replace').strip()}")
    _, base, _, _, vendor, _, _, formats, _, _, _, _, first, last, _ = _SETUP.unpack_from(body)
    screen = _SCREEN.unpack_from(body, _SETUP.size + vendor + -vendor % 4 + formats * 8)
    return Screen(screen[0], screen[5], screen[6], first, last, screen[11], base)


def _cookie(path: str | None, number: str) -> bytes:
    """What tells the server that this user may connect; nothing where there is no such file."""
    try:
        content = Path(path).read_bytes() if path else b""
    except OSError:
        return b""
    at = 0
    while at < len(content):
        fields: list[bytes] = []
        at += 2
        for _ in range(4):
            (size,) = struct.unpack_from(">H", content, at)
            fields.append(content[at + 2 : at + 2 + size])
            at += 2 + size
        if fields[1] in {b"", number.encode()} and fields[2] == _COOKIE:
            return fields[3]
    return b""
