"""A desktop of its own on Linux, as the robot that uses it sees it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import structlog
from typing_extensions import override

from activities.drivers.desktop.station.clear import clear
from activities.drivers.desktop.station.memo import Memo, Order, Running
from activities.drivers.desktop.station.process import began, family
from activities.drivers.desktop.station.surroundings import desktop_environment, folder, supervisor_environment
from activities.drivers.desktop.station.wire import Wire
from activities.drivers.desktop.toolkit import Station
from activities.private import private_directory
from workflows.errors import DesktopFailedError, SessionLostError, SessionUnavailableError

_PROGRAM = (sys.executable, "-P", "-m", "activities.drivers.desktop.station.supervise")
_LISTENER = 3
"""The number under which a supervisor finds its socket."""
_LONGEST = 60
"""Bytes: sockets in a directory may have some forty more, and no system takes more than a hundred or so in all."""
_USUAL = Path("/tmp")  # noqa: S108 - every directory below it is its owner's alone
_START_TIME = 30.0
_ANSWER_TIME = 10.0
_END_TIME = 5.0
_PAUSE = 0.01
_LONGEST_LINE = 300

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StationSettings:
    """How desktops are."""

    memos: Path
    """The directory that tells successors of this robot of them."""
    width: int = 1280
    height: int = 800
    linger: timedelta = field(default=timedelta(minutes=1))
    """How long a desktop waits for a successor when its robot has vanished."""


class LinuxStation(Station):
    """An Xvfb with a D-Bus session bus and a window manager, looked after by a process that outlives this one."""

    def __init__(self, memo: Memo, file: Path, wire: Wire) -> None:
        self._memo = memo
        self._file = file
        self._wire = wire
        self._apps = dict(memo.apps)
        self._launched: set[int] = set()
        self._endings: dict[int, str] = {}
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        wire.on_news(self._hear, self._lose)

    @classmethod
    async def open(cls, settings: StationSettings, session: str, *, run: str = "", lease: int = 0) -> Self:
        """Have a new desktop, ready for programs.

        Raises:
            DesktopFailedError: it does not start.
        """
        file = memo_file(settings.memos, session)
        size, linger = (settings.width, settings.height), settings.linger.total_seconds()
        order = Order(session, run, lease, *size, linger, os.fspath(file))
        directory, guard = await asyncio.to_thread(_start, order)
        try:
            return await cls._meet(directory, file)
        except BaseException as error:
            said = await asyncio.shield(_give_up(guard, directory, file))
            if isinstance(error, OSError | TimeoutError):
                raise DesktopFailedError(f"the desktop does not start: {said or error}") from error
            raise

    @classmethod
    async def resume(cls, memo: Memo, file: Path) -> Self | None:
        """Go on with the desktop of another process of this robot; None if there is nothing left of it.

        Raises:
            SessionUnavailableError: that process uses it still.
        """
        try:
            async with asyncio.timeout(_ANSWER_TIME):
                return await cls._meet(Path(memo.directory), file)
        except (OSError, TimeoutError, DesktopFailedError):
            await end(memo, file)
            return None

    @classmethod
    async def _meet(cls, directory: Path, file: Path) -> Self:
        async with asyncio.timeout(_START_TIME):
            wire = await Wire.connect(directory / "control")
            try:
                told = await wire.ask("hello")
                station = cls(_memo(told), file, wire)
            except BaseException:
                wire.close()
                raise
        station._launched.update(told["launched"])
        for ended in told["endings"]:
            station._hear({"ended": ended})
        return station

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
    def environment(self) -> Mapping[str, str]:
        """What its programs find: `DISPLAY`, `DBUS_SESSION_BUS_ADDRESS` and all the rest."""
        return desktop_environment(os.environ, Path(self._memo.directory), self._memo.display)

    @property
    def directory(self) -> Path:
        """Where everything of it is, for its owner alone; goes away with it."""
        return Path(self._memo.directory)

    @property
    def pid(self) -> int:
        """The process that looks after it."""
        return self._memo.supervisor.pid

    @property
    @override
    def folder(self) -> Path:
        return folder(self.directory)

    @override
    async def launch(self, arguments: Sequence[str], environment: dict[str, str], directory: str) -> int:
        told = await self._ask("launch", arguments=[*arguments], environment=environment, directory=directory)
        if "pid" not in told:
            raise OSError(told["errno"], told["problem"], told["path"] or arguments[0])
        pid: int = told["pid"]
        self._launched.add(pid)
        return pid

    @override
    def remember(self, name: str, pid: int) -> None:
        since = began(pid) or 0
        self._apps.pop(name, None)
        self._apps[name] = Running(pid, since)
        if self.lost_because is None:
            self._wire.tell("remember", name=name, pid=pid, began=since)

    @property
    @override
    def apps(self) -> dict[str, int]:
        return {name: app.pid for name, app in self._apps.items()}

    @override
    def ending(self, pid: int) -> str | None:
        if pid in self._launched:
            return self._endings.get(pid)
        known = next((app for app in self._apps.values() if app.pid == pid), None)
        gone = began(pid) is None if known is None else not known.alive
        return "ended" if gone else None

    @override
    def family(self, pid: int) -> set[int]:
        return family(pid) | {pid}

    @override
    async def kill(self, pid: int) -> None:
        await self._ask("kill", pid=pid)

    @property
    @override
    def lost_because(self) -> str | None:
        return self._lost.result() if self._lost.done() else None

    @property
    def loss(self) -> asyncio.Future[str]:
        """Done when there is no desktop any more; says why."""
        return self._lost

    async def claim(self, lease: int) -> None:
        """Have a successor know with which lease it is held."""
        await self._ask("claim", lease=lease)

    async def settle(self) -> None:
        """Wait until all that was to be remembered is on disk."""
        await self._ask("hello")

    def dismiss(self) -> None:
        """End it without waiting for it: this process is about to end at once."""
        if self.lost_because is None:
            self._wire.tell("close")

    def leave(self) -> None:
        """Let go of it, as if this process had ended."""
        self._wire.close()

    async def close(self) -> None:
        """End it with all its programs; nothing is left of it."""
        self.dismiss()
        self._lose("it was closed")
        await asyncio.shield(self._end())

    async def _end(self) -> None:
        await end(self._memo, self._file)
        self._wire.close()

    async def _ask(self, verb: str, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has it
        if self.lost_because is None:
            try:
                async with asyncio.timeout(_ANSWER_TIME):
                    return await self._wire.ask(verb, **facts)
            except ConnectionError:
                self._lose()
            except TimeoutError:
                self._lose("the process that looks after it does not answer")
        raise SessionLostError(f"the desktop session is lost: {self.lost_because}")

    def _hear(self, news: dict[str, Any]) -> None:
        if "lost" in news:
            self._lose(news["lost"])
        elif "ended" in news:
            pid, code, words = news["ended"]
            self._launched.add(pid)
            self._endings[pid] = _sentence(code, words)

    def _lose(self, reason: str = "the process that looked after it ended") -> None:
        if not self._lost.done():
            self._lost.set_result(reason)


def memo_file(memos: Path, session: str) -> Path:
    """Where the memo of a session is."""
    return memos.absolute() / f"{sha256(session.encode()).hexdigest()[:32]}.json"


async def end(memo: Memo, file: Path) -> None:
    """End a desktop by what is known of it; nothing is left of it in any case."""
    _tell(memo.supervisor, signal.SIGTERM)
    for process in (memo.supervisor, memo.guard):  # the guard ends by itself, as soon as all is cleared up
        if not await _gone(process):
            log.warning("desktop.killed", session=memo.session, pid=process.pid)
            _tell(process, signal.SIGKILL)
    await asyncio.to_thread(_clear, Path(memo.directory), file)


def _tell(process: Running, number: signal.Signals) -> None:
    if process.alive:
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)


def _clear(directory: Path, file: Path) -> None:
    if directory.exists() or file.exists():
        clear(directory, file)


def _start(order: Order) -> tuple[Path, int]:
    """Start a guard, and by it a supervisor: the directory of the desktop, and the process id of the guard."""
    private_directory(Path(order.memo).parent)
    directory = _directory()
    order.write(directory / "order")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.fspath(directory / "control"))
        listener.listen()
        output = os.fspath(directory / "log")
        guard = os.posix_spawn(
            _PROGRAM[0],
            [*_PROGRAM, os.fspath(directory), str(_LISTENER)],
            supervisor_environment(os.environ),
            file_actions=[
                (os.POSIX_SPAWN_DUP2, listener.fileno(), _LISTENER),
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
            setsid=True,
        )
    return directory, guard


async def _give_up(guard: int, directory: Path, file: Path) -> str:
    """End what has not come up; what it has said last."""
    said = await asyncio.to_thread(_last_line, directory / "log")
    process = Running(guard, began(guard) or 0)
    _tell(process, signal.SIGTERM)
    if not await _gone(process):
        _tell(process, signal.SIGKILL)
    await asyncio.to_thread(clear, directory, file)
    return said


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1].strip()[:_LONGEST_LINE] if lines else ""


def _directory() -> Path:
    path = Path(tempfile.mkdtemp(prefix="aether-desktop-"))
    if len(os.fsencode(path)) > _LONGEST and _USUAL.is_dir():
        path.rmdir()
        path = Path(tempfile.mkdtemp(prefix="aether-desktop-", dir=_USUAL))
    return path


async def _gone(process: Running) -> bool:
    """Wait for the end of a process, be it a child of this one or not; whether it came in time."""
    until = time.monotonic() + _END_TIME
    while process.alive and time.monotonic() < until:  # noqa: ASYNC110 - the system tells only parents
        await asyncio.sleep(_PAUSE)
    with suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)  # noqa: ASYNC222 - it does not wait
    return not process.alive


def _memo(told: dict[str, Any]) -> Memo:
    if "refused" in told:
        raise SessionUnavailableError("another process of this robot uses the desktop")
    if "failure" in told:
        raise DesktopFailedError(f"the desktop does not start: {told['failure']}")
    return Memo.of(told["memo"])


def _sentence(code: int, words: str) -> str:
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    said = f", after it had said {words!r}" if code and words else ""
    return f"ended with exit code {code}{said}"
