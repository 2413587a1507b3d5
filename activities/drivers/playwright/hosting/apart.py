"""A robot's browser in a process of its own: found where a predecessor left it, else started, ended after its use."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import structlog

from activities.drivers.playwright.hosting import tree
from activities.drivers.playwright.hosting.note import HostNote, HostOrder, Launch, read_note
from activities.drivers.playwright.hosting.place import Claim, Place, opened
from workflows.errors import BrowserFailedError, SessionUnavailableError

_CLAIM_TIME = 2.0
_START_TIME = 30.0
_PAUSE = 0.02
_OURS = ("AETHER_", "TEMPORAL_")
"""What the browser need not know: keys may be among it."""
if sys.platform == "win32":
    _DETACHED = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
else:
    _DETACHED = 0
"""Neither the robot's terminal nor its end are any of the host's business."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class HostSettings:
    """How a robot runs its browser host."""

    home: Path
    """Where the two keep what they share: one directory for each robot."""
    program: Sequence[str]
    """The command that serves a place; the place's path is added to it."""
    linger: timedelta = field(default=timedelta(minutes=1))
    """How long the browser waits for a successor when its robot has vanished."""
    memory: int | None = None
    """How many bytes it may need before it takes no more sessions; half of the machine's by default."""
    recycle: int = 500
    """After how many sessions another browser is started, as soon as none is open."""


class Apart:
    """The browser host of one robot, as that robot sees it.

    The place is this process's from the first look on. All of it blocks, but in threads, one thing at a time.
    """

    def __init__(self, settings: HostSettings) -> None:
        self.settings = settings
        self._place: Place | None = None
        self._claim: Claim | None = None
        self._note: HostNote | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = asyncio.Lock()

    @property
    def place(self) -> Place:
        """Where the host is; known as soon as it was looked for."""
        if self._place is None:
            raise SessionUnavailableError("the browser host has no place yet")
        return self._place

    async def find(self, launch: Launch) -> bool:
        """Look for a host that a predecessor left behind; one that is alive but not as it shall be is ended.

        Raises:
            SessionUnavailableError: another process of this robot is at work.
        """
        async with self._turn:
            return await asyncio.to_thread(self._find, launch)

    async def use(self, launch: Launch) -> HostNote:
        """The host that was found, or else a fresh one.

        Raises:
            SessionUnavailableError: it does not start, or another process of this robot is at work.
        """
        async with self._turn:
            return self._note if self._note is not None else await asyncio.to_thread(self._start, launch)

    async def end(self, *, force: bool = False) -> None:
        """End the host, in order unless by force; nothing of it is left."""
        async with self._turn:
            await asyncio.shield(asyncio.to_thread(self._end, force=force))

    async def leave(self) -> None:
        """End the host and give the place up."""
        await self.end()
        if self._claim is not None and self._claim.held:
            await asyncio.to_thread(self._claim.abandon)

    def dismiss(self) -> None:
        """Tell the host to end, and do not wait for it."""
        pid = self._note.pid if self._note is not None else self._process.pid if self._process is not None else None
        if pid is not None:
            tree.tell_to_end(pid)

    async def weight(self) -> int:
        """The memory of the host and its browser, in bytes."""
        note = self._note
        return await asyncio.to_thread(tree.weight, note.pid) if note is not None else 0

    def _settle(self) -> Place:
        if self._place is None:
            self._place = Place.of(self.settings.home)
            self._claim = self._place.claim()
        if self._claim is None or not self._claim.take(within=_CLAIM_TIME):
            raise SessionUnavailableError(
                f"another process of this robot has the browser in {str(self._place.path)!r}; "
                "wait for it to end, or give this robot another id"
            )
        return self._place

    def _find(self, launch: Launch) -> bool:
        note = read_note(self._settle())
        if note is None or not note.alive:
            return False
        unfit = note.unfit(launch)
        if unfit is not None:
            log.info("browser_host.unfit", reason=unfit, playwright=note.playwright)
            tree.end(note.pid, note.created)
            return False
        self._note = note
        return True

    def _start(self, launch: Launch) -> HostNote:
        place = self._settle()
        self._end(force=False)
        order = HostOrder(incarnation=uuid4().hex, launch=launch, linger=max(1.0, self.settings.linger.total_seconds()))
        place.write(place.order, order.model_dump_json().encode())
        with opened(place.log, os.O_TRUNC) as output:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [*self.settings.program, str(place.path)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(os.environ),
                cwd=place.path,
                start_new_session=True,
                creationflags=_DETACHED,
            )
        note = self._answer(place, order, self._process)
        log.info("browser_host.started", pid=note.pid, place=str(place.path))
        self._note = note
        return note

    def _answer(self, place: Place, order: HostOrder, process: subprocess.Popen[bytes]) -> HostNote:
        until = time.monotonic() + _START_TIME
        while time.monotonic() < until:
            ended = process.poll() is not None
            note = read_note(place)
            if note is not None and note.incarnation == order.incarnation:
                if note.failure is not None:
                    raise BrowserFailedError(f"the browser does not start: {note.failure}")
                return note
            if ended:
                raise BrowserFailedError(f"the browser host does not start: {_last_line(place.log)}")
            time.sleep(_PAUSE)
        process.kill()
        raise BrowserFailedError(f"the browser host does not start within {_START_TIME:g} s")

    def _end(self, *, force: bool) -> None:
        place, note = self._place, self._note
        if place is None or self._claim is None or not self._claim.held:
            return
        note = note or read_note(place)
        if note is not None:
            tree.end(note.pid, note.created, force=force)
        self._note = None
        process, self._process = self._process, None
        if process is not None:
            process.kill()  # unless it has ended by now
            process.wait()
        tree.kill(tree.living_in(place.temporary))
        place.clear()


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in own.items() if not name.startswith(_OURS)}


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines() if path.exists() else []
    return lines[-1] if lines else "it said nothing"
