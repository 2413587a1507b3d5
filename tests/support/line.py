"""A line to a server that can go dead without anybody being told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from workers.server import ServerConfig

_CHUNK = 64 * 1024


class Line:
    """Passes bytes on, or, while it is dead, keeps them."""

    def __init__(self, server: ServerConfig) -> None:
        self.server = server
        """The server as it is seen from the other end."""
        self._there = (server.server.ip, server.server.port)
        self._alive = asyncio.Event()
        self._alive.set()
        self._transfers: set[asyncio.Task[None]] = set()
        self.kept = 0
        """Bytes that did not get through in time."""

    def cut(self) -> None:
        """Let nothing through, in either direction, and close nothing."""
        self._alive.clear()

    def mend(self) -> None:
        """Let everything through again, what was kept first."""
        self._alive.set()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Connect a client to the server."""
        far_reader, far_writer = await asyncio.open_connection(*self._there)
        for source, target in ((reader, far_writer), (far_reader, writer)):
            transfer = asyncio.create_task(self._transfer(source, target))
            self._transfers.add(transfer)
            transfer.add_done_callback(self._transfers.discard)

    async def hang_up(self) -> None:
        """End all connections."""
        for transfer in self._transfers:
            transfer.cancel()
        await asyncio.gather(*self._transfers, return_exceptions=True)

    async def _transfer(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            try:
                while content := await source.read(_CHUNK):
                    if not self._alive.is_set():
                        self.kept += len(content)
                    await self._alive.wait()
                    target.write(content)
                    await target.drain()
            finally:
                target.close()


@asynccontextmanager
async def line_to(config: ServerConfig) -> AsyncIterator[Line]:
    """A line to a server, on a free port."""
    line = Line(config)
    server = await asyncio.start_server(line.meet, config.server.ip, 0)
    try:
        listening = config.server.model_copy(update={"port": server.sockets[0].getsockname()[1]})
        line.server = config.model_copy(update={"server": listening})
        yield line
    finally:
        server.close()
        await line.hang_up()
