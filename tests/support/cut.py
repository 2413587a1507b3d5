"""Wires to a server: one that is cut at the worst moment, and one that nobody can listen to."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Wire:
    """Passes on what client and server say, until the client says something fatal."""

    port: int = 0
    fatal: bytes | None = None
    """What the client must say; the server hears it and answers, but the client gets no answer."""
    done: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether the server has answered that."""

    def pass_on(self, said: bytes) -> bool:
        """Whether what the client says is harmless."""
        return self.fatal is None or self.fatal not in said


@asynccontextmanager
async def wire(server: int) -> AsyncIterator[Wire]:
    """Have a wire to a local port for as long as the block lasts."""
    made = Wire()

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, out = await asyncio.open_connection("127.0.0.1", server)
        answers = asyncio.create_task(_pour(there, writer))
        try:
            while said := await reader.read(65536):
                harmless = made.pass_on(said)
                if not harmless:
                    answers.cancel()
                    await asyncio.gather(answers, return_exceptions=True)
                out.write(said)
                if not harmless:
                    await there.read(65536)
                    made.done.set()
                    break
        finally:
            answers.cancel()
            for each in (writer, out):
                each.transport.abort()

    async with _listening(converse) as made.port:
        yield made


@asynccontextmanager
async def encrypted(server: int, context: ssl.SSLContext) -> AsyncIterator[int]:
    """Have a port that speaks TLS as PostgreSQL does: its programs for tests cannot."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        writer.write(b"S")
        await writer.start_tls(context)
        there, out = await asyncio.open_connection("127.0.0.1", server)
        ways = [asyncio.create_task(_pour(there, writer)), asyncio.create_task(_pour(reader, out))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for each in (writer, out):
                each.transport.abort()

    async with _listening(converse) as port:
        yield port


@asynccontextmanager
async def _listening(
    converse: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    conversations: set[asyncio.Task[None]] = set()

    async def began(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        conversations.add(task)
        with suppress(OSError):
            await converse(reader, writer)

    listening = await asyncio.start_server(began, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while said := await reader.read(65536):
        writer.write(said)
