"""A command on a terminal of its own."""

from __future__ import annotations

import asyncio
import os
import pty
import re
from asyncio.subprocess import Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.aether import Aether

_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


@dataclass(slots=True)
class Terminal:
    """What stands between a command and a person."""

    process: Process
    master: int
    said: str = ""
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def receive(self) -> None:
        """Take what the command has written."""
        try:
            self.said += _CONTROL.sub("", os.read(self.master, 65536).decode(errors="replace"))
        except OSError:  # the command has ended
            asyncio.get_running_loop().remove_reader(self.master)
        self._news.set()

    async def shows(self, words: str, *, seconds: float = 90) -> None:
        """Wait until some words appear."""
        async with asyncio.timeout(seconds):
            while words not in self.said:
                self._news.clear()
                await self._news.wait()

    def type(self, text: str) -> None:
        """Type something."""
        os.write(self.master, text.encode())

    async def ended(self, *, seconds: float = 90) -> int:
        """Wait for the command's end; gives its exit code."""
        async with asyncio.timeout(seconds):
            return await self.process.wait()


@asynccontextmanager
async def terminal(aether: Aether, *arguments: str | Path) -> AsyncIterator[Terminal]:
    """Run a command on a terminal for as long as the block lasts."""
    master, slave = pty.openpty()
    os.set_blocking(master, False)
    process = await create_subprocess_exec(
        *aether.command(*arguments),
        cwd=aether.directory,
        env=aether.environment() | {"TERM": "xterm-256color", "LINES": "40"},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    shown = Terminal(process, master)
    asyncio.get_running_loop().add_reader(master, shown.receive)
    try:
        yield shown
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        asyncio.get_running_loop().remove_reader(master)
        os.close(master)
