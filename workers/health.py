"""What a robot watches of itself: how busy its machine is, whether its disk is full, whether all it does fails."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import psutil
import structlog
from pydantic import ValidationError
from temporalio.exceptions import ApplicationError

from activities.lease import now
from workers.breaker import Breaker, Part
from workers.load import Gauge
from workflows.call import ErrorValue
from workflows.fleet import Load

_DISK_LOOK = timedelta(seconds=5)
_BETWEEN = timedelta(seconds=10)
"""How often at most a change of the load is told."""
_EXHAUSTED = frozenset({"ENOSPC", "EDQUOT", "EIO", "EROFS", "EMFILE", "ENFILE", "ENOMEM"})
"""What the system says where the machine is at fault, whatever path a document named."""
_MIB = 2**20

Probe = Callable[[], Awaitable[str]]
"""Tries what a robot can do; says what does not work, if anything."""
Report = Callable[[Load, str], Awaitable[bool]]
"""Tells a robot's load, and why it takes no work if it does not; whether it was heard."""

log = structlog.get_logger()


@dataclass(eq=False)
class Health:
    """Decides whether a robot may take new work, and tells others what they should know."""

    probe: Probe
    report: Report
    hinder: Callable[[str], None]
    """Is told why no work may be taken; nothing where it may."""
    directory: Path
    """Where there must be room."""
    least_free: int
    """Bytes."""
    look: timedelta = timedelta(seconds=1)
    """How long to wait between two looks."""
    breaker: Breaker = field(default_factory=Breaker)
    cpu: float = 0.0
    """How much of all processors was in use a moment ago, from 0 to 1."""
    memory: float = 0.0
    _gauge: Gauge = field(default_factory=Gauge)
    _full: str = ""
    """What is to be said of the disk."""
    _full_at: float = -1e9
    _probe_at: float = 0.0
    _told: tuple[Load, str] = ("low", "")
    _told_at: float = -1e9

    @property
    def wrong(self) -> str:
        """Why this robot takes no work, as far as it lies with itself."""
        return self._full or self.breaker.reason

    def forgotten(self) -> None:
        """Nobody knows anything of this process any more."""
        self._told = ("low", "")

    def ended(self, used: Part, error: BaseException | None) -> None:
        """Learn from work that ended, with what it used."""
        before = self.breaker
        if error is None:
            self.breaker = before.worked(used)
        elif (part := own_fault(error)) is not None:
            self.breaker = before.failed(part, getattr(error, "message", str(error)))
        if self.breaker.is_open and not before.is_open:
            log.error("robot.failing", reason=self.breaker.reason)
            self._probe_at = now() + self.breaker.pause.total_seconds()
            self.hinder(self.wrong)

    def try_at_once(self) -> None:
        """Do not wait until it is time for a probe."""
        self._probe_at = 0.0

    async def watch(self) -> NoReturn:
        """Look every second."""
        psutil.cpu_percent()  # the first reading is of nothing
        while True:
            await asyncio.sleep(self.look.total_seconds())
            self.cpu, self.memory = psutil.cpu_percent() / 100, psutil.virtual_memory().percent / 100
            self._gauge = self._gauge.read(self.cpu)
            await self._look_at_disk()
            await self._try_again()
            self.hinder(self.wrong)
            await self._tell()

    async def _look_at_disk(self) -> None:
        if now() - self._full_at < _DISK_LOOK.total_seconds():
            return
        self._full_at = now()
        free = (await asyncio.to_thread(shutil.disk_usage, self.directory)).free
        short = free < self.least_free
        said = f"{free // _MIB} MiB are free in {str(self.directory)!r}, less than {self.least_free // _MIB} MiB"
        self._full = said if short else ""

    async def _try_again(self) -> None:
        if self.breaker.is_open and now() >= self._probe_at:
            self.breaker = self.breaker.probed(await self.probe())
            self._probe_at = now() + self.breaker.pause.total_seconds()
            log.info("robot.probed", wrong=self.breaker.reason)

    async def _tell(self) -> None:
        load, wrong = self._gauge.band, self.wrong
        urgent = wrong != self._told[1]
        due = load != self._told[0] and now() - self._told_at > _BETWEEN.total_seconds()
        if (urgent or due) and await self.report(load, wrong):
            self._told, self._told_at = (load, wrong), now()


def own_fault(error: BaseException) -> Part | None:
    """What of the robot itself is to blame for a failure, if anything."""
    match error:
        case ApplicationError(type="BrowserFailedError"):
            return "browser"
        case ApplicationError(type="DesktopFailedError"):
            return "desktop"
        case ApplicationError(type="MachineError", details=[value, *_]):
            return "machine" if _errno(value) in _EXHAUSTED else None
        case _:
            return None


def _errno(value: object) -> object:
    try:
        details = ErrorValue.model_validate(value).details
    except ValidationError:
        return None
    return details.get("errno") if isinstance(details, dict) else None
