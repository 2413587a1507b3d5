"""A child process that is started again when it ends."""

from __future__ import annotations

import asyncio
import time
from asyncio.subprocess import Process
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog

from workers.children import end, kill, last_line, spawn
from workflows.errors import RobotError

_WINDOW = timedelta(minutes=1)
_MOST_DEATHS = 10
_LONGEST_PAUSE = timedelta(seconds=5)

log = structlog.get_logger()

Report = Callable[[str], None]
"""Tells a person in one line."""


class ChildFailedError(RobotError):
    """A process of the stack that does not stay up."""


def ignore(_line: str) -> None:
    """Tell nobody."""


def forget() -> None:
    """Take no note."""


async def be_ready() -> None:
    """Need no time to be ready."""


@dataclass(frozen=True, slots=True)
class Program:
    """What a child process runs."""

    name: str
    command: Sequence[str]
    log: Path
    environ: Mapping[str, str]
    """Its whole environment."""
    grace: timedelta = timedelta(seconds=10)
    """How long it may take to end."""
    pause: timedelta = timedelta(milliseconds=200)
    """How long to wait before it is started again, doubled with each time in a row."""


@dataclass(slots=True)
class Child:
    """One program, kept running."""

    program: Program
    report: Report = ignore
    changed: Callable[[], None] = forget
    """Called whenever it has a new process."""
    started: Callable[[], Awaitable[None]] = be_ready
    """Completes each start: waits until it is ready, or brings it into the state it should have."""
    process: Process | None = None
    _deaths: deque[float] = field(default_factory=lambda: deque(maxlen=_MOST_DEATHS))

    async def start(self) -> None:
        """Start it.

        Raises:
            ChildFailedError: it ends at once.
        """
        program = self.program
        self.process = await spawn(program.command, log=program.log, environ=program.environ)
        self.changed()
        ready = asyncio.ensure_future(self.started())
        ended = asyncio.ensure_future(self.process.wait())
        try:
            await asyncio.wait([ready, ended], return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                raise ChildFailedError(self._obituary())
            await ready
        finally:
            ready.cancel()
            ended.cancel()

    async def keep(self) -> None:
        """Start it again whenever it ends, until it ends too often.

        Raises:
            ChildFailedError: it does not stay up.
        """
        while self.process:
            await self.process.wait()
            self._deaths.append(time.monotonic())
            if self._dies_too_often():
                raise ChildFailedError(self._obituary())
            self.report(f"{self._obituary()}; starting it again")
            pause = self.program.pause * 2 ** (len(self._recent_deaths()) - 1)
            await asyncio.sleep(min(pause, _LONGEST_PAUSE).total_seconds())
            await self._restart()

    async def stop(self) -> None:
        """End it in order, by force after its grace period."""
        if self.process:
            await end(self.process, grace=self.program.grace)

    def kill(self) -> None:
        """End it at once."""
        if self.process:
            kill(self.process)

    async def _restart(self) -> None:
        try:
            await self.start()
        except RobotError:
            log.warning("child.restart_failed", child=self.program.name)

    def _recent_deaths(self) -> list[float]:
        horizon = time.monotonic() - _WINDOW.total_seconds()
        return [death for death in self._deaths if death > horizon]

    def _dies_too_often(self) -> bool:
        return len(self._recent_deaths()) >= _MOST_DEATHS

    def _obituary(self) -> str:
        code = self.process.returncode if self.process else None
        how = f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with code {code}"
        return f"{self.program.name} {how} (log: {self.program.log}; it ended with: {last_line(self.program.log)})"
