"""The desktop of the user who is logged on, and the programs that were started there."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError
from typing_extensions import override

from activities.drivers.desktop.toolkit import Station
from activities.drivers.desktop.windows import programs, win32
from activities.private import private_directory
from workflows.errors import DesktopFailedError, SessionLostError, SessionUnavailableError

_MEMO = "windows-desktop.json"
_FOLDER = "files"
_SAME = 0.01
"""Seconds by which what is told of one moment may differ."""
_ENDING = 5.0


class Program(BaseModel):
    """One program that was started."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    pid: int
    began: float
    """When, as Windows says: process ids are given to others later."""


class Memo(BaseModel):
    """What a successor of this robot's process has to know."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    session: str
    run: str = ""
    lease: int = 0
    programs: tuple[Program, ...] = ()
    apps: dict[str, int] = {}
    """Process ids by what the run calls them."""


class WindowsStation(Station):
    """The interactive session that this process runs in: there is one, so one run at a time has it.

    Programs stay when this process ends; a successor finds them by a memo. Those of the user himself are let alone.
    It is not lost when it is locked: what programs offer works on, only keyboard and mouse wait.
    """

    def __init__(self, home: Path, memo: Memo) -> None:
        self._home = home
        self._memo = memo
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._turn = asyncio.Lock()
        self._saving: set[asyncio.Task[None]] = set()
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(cls, home: Path, session: str, *, run: str = "", lease: int = 0) -> Self:
        """Have the desktop for a session; its memo is kept in a directory.

        Raises:
            DesktopFailedError: there is none, or it is locked.
            SessionUnavailableError: another session has it.
        """
        reason = win32.unusable()
        if reason is not None:
            raise DesktopFailedError(f"this robot has no desktop to work on: {reason}")
        if await asyncio.to_thread(_read, home) is not None:
            raise SessionUnavailableError(
                "the desktop of this robot is taken: Windows shows a robot one desktop, so one run at a time has it"
            )
        station = cls(home, Memo(session=session, run=run, lease=lease))
        await asyncio.to_thread(shutil.rmtree, station.folder, ignore_errors=True)
        await asyncio.to_thread(private_directory, station.folder)
        await station._save()
        return station

    @classmethod
    async def resume(cls, home: Path) -> Self | None:
        """Go on with the desktop as a predecessor of this process left it; None if it had none."""
        memo = await asyncio.to_thread(_read, home)
        return cls(home, memo) if memo is not None else None

    @property
    def id(self) -> str:
        """The session it is for."""
        return self._memo.session

    @property
    def run(self) -> str:
        """The run it is held for."""
        return self._memo.run

    @property
    def number(self) -> int:
        """The lease it was held with last."""
        return self._memo.lease

    @property
    @override
    def folder(self) -> Path:
        return self._home / _FOLDER

    @override
    async def launch(self, arguments: Sequence[str], environment: dict[str, str], directory: str) -> int:
        if self.lost_because is not None:
            raise SessionLostError(f"the desktop session is lost: {self.lost_because}")
        program = await asyncio.to_thread(self._launch, arguments, environment, directory)
        self._take(program)
        await self._save()
        return program.pid

    @override
    def remember(self, name: str, pid: int) -> None:
        before = self._memo.apps.get(name)
        others = {other: known for other, known in self._memo.apps.items() if other != name}
        self._memo = self._memo.model_copy(update={"apps": {**others, name: pid}})
        if before is not None and before != pid and self._program(before) is not None and not self.family(before):
            self._take(Program(pid=pid, began=_began(pid) or time.time()))  # a program that only fetches another
        saving = asyncio.create_task(self._save())
        self._saving.add(saving)
        saving.add_done_callback(self._saving.discard)

    @property
    @override
    def apps(self) -> dict[str, int]:
        return dict(self._memo.apps)

    @override
    def ending(self, pid: int) -> str | None:
        if self.family(pid):
            return None
        program = self._program(pid)
        code = self._code(program) if program is not None else None
        return "ended" if code is None else f"ended with exit code {code}"

    @override
    def family(self, pid: int) -> set[int]:
        """A program and what it started."""
        program = self._program(pid)
        return _with_children(pid, program.began if program is not None else None)

    @override
    async def kill(self, pid: int) -> None:
        await asyncio.to_thread(_end, self.family(pid))

    @property
    @override
    def lost_because(self) -> str | None:
        return self._lost.result() if self._lost.done() else None

    @property
    def loss(self) -> asyncio.Future[str]:
        """Done when it is not held any more; says why."""
        return self._lost

    async def claim(self, lease: int) -> None:
        """Have a successor know with which lease it is held."""
        self._memo = self._memo.model_copy(update={"lease": lease})
        await self._save()

    async def settle(self) -> None:
        """Wait until all that was to be remembered is on disk."""
        await asyncio.gather(*self._saving)

    async def close(self) -> None:
        """End the programs that were started here, and let the next run have the desktop."""
        if not self._lost.done():
            self._lost.set_result("it was closed")
        await self.settle()
        await asyncio.to_thread(self._end_all)
        await asyncio.to_thread(shutil.rmtree, self.folder, ignore_errors=True)
        async with self._turn:
            await asyncio.to_thread((self._home / _MEMO).unlink, missing_ok=True)

    def dismiss(self) -> None:
        """End its programs without waiting for them: this process is about to end at once."""
        for pid in set().union(*(self.family(program.pid) for program in self._memo.programs)):
            with suppress(psutil.Error):
                psutil.Process(pid).kill()

    def _end_all(self) -> None:
        for program in self._memo.programs:
            _end(self.family(program.pid))
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(_ENDING)

    def _launch(self, arguments: Sequence[str], environment: dict[str, str], directory: str) -> Program:
        name, *others = arguments
        path = programs.found(name)
        if path is None:
            raise FileNotFoundError(errno.ENOENT, "it is neither on the PATH nor registered with Windows", name)
        process = subprocess.Popen(  # noqa: S603 - a program of the document's choice
            [path, *others],
            env=programs.surroundings(os.environ, environment),
            cwd=directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._processes[process.pid] = process
        return Program(pid=process.pid, began=_began(process.pid) or time.time())

    def _take(self, program: Program) -> None:
        """End a program with the session."""
        self._memo = self._memo.model_copy(update={"programs": (*self._memo.programs, program)})

    def _program(self, pid: int) -> Program | None:
        return next((each for each in reversed(self._memo.programs) if each.pid == pid), None)

    def _code(self, program: Program) -> int | None:
        """Its exit code; None while it runs, and where only a predecessor of this process could know."""
        process = self._processes.get(program.pid)
        return process.poll() if process is not None else None

    async def _save(self) -> None:
        async with self._turn:
            await asyncio.to_thread(self._write)

    def _write(self) -> None:
        fresh = private_directory(self._home) / f"{_MEMO}.new"
        fresh.write_text(self._memo.model_dump_json(), encoding="utf-8")
        fresh.replace(self._home / _MEMO)


def _read(home: Path) -> Memo | None:
    try:
        return Memo.model_validate_json((home / _MEMO).read_bytes())
    except (OSError, ValidationError):
        return None


def _began(pid: int) -> float | None:
    """When a process began; None if it is not there."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return None


def _with_children(pid: int, began: float | None) -> set[int]:
    """A process and those below it; nothing if it has ended, or another has its number by now."""
    try:
        process = psutil.Process(pid)
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return set()
        if began is not None and abs(process.create_time() - began) > _SAME:
            return set()
        return {pid, *(child.pid for child in process.children(recursive=True))}
    except psutil.Error:
        return set()


def _end(pids: set[int]) -> None:
    processes = []
    for pid in pids:
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            process.kill()
            processes.append(process)
    psutil.wait_procs(processes, timeout=_ENDING)
