"""The bare desktop: a display without a screen, a message bus and a window manager."""

from __future__ import annotations

import os
import secrets
import select
import signal
import struct
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from activities.drivers.desktop.station.memo import write_private
from activities.drivers.desktop.station.process import start
from activities.drivers.desktop.station.surroundings import bus_address, cookie, desktop_environment, directories

_START_TIME = 20.0
_END_TIME = 2.0
_PAUSE = 0.005
_ANY_HOST = 0xFFFF
"""How a cookie says that it does not matter where a client is."""
_PROTOCOL = b"MIT-MAGIC-COOKIE-1"
_LONGEST_LINE = 300


class DeskError(Exception):
    """A desktop does not come up."""


class Desk:
    """One display with its bus and its window manager: children of this process, which end with it."""

    def __init__(self, directory: Path, own: Mapping[str, str], *, size: tuple[int, int]) -> None:
        self.display = ""
        self._directory = directory
        self._own = own
        self._size = size
        self._parts: dict[int, str] = {}
        self._logs: dict[int, Path] = {}
        self.server = 0
        """The process id of the display; 0 while there is none."""

    @property
    def environment(self) -> dict[str, str]:
        """What programs find."""
        return desktop_environment(self._own, self._directory, self.display)

    def start(self) -> None:
        """Have all of it, ready to be used.

        Raises:
            DeskError: a part of it does not start.
        """
        for directory in directories(self._directory):
            directory.mkdir(mode=0o700)
        write_private(cookie(self._directory), _cookie())
        numbers, told = os.pipe()
        server = self.server = self._start("the display (Xvfb)", self._server_command(told), keep=(told,))
        os.close(told)
        bus = self._start("the message bus (dbus-daemon)", self._bus_command())
        self.display = f":{self._number(numbers, server)}"
        self._wait_for(self._directory / "bus", bus)
        ready = self._directory / "managed"
        manager = self._start(
            "the window manager (openbox)", ["openbox", "--sm-disable", "--startup", f"touch '{ready}'"]
        )
        self._wait_for(ready, manager)

    def part(self, pid: int) -> str | None:
        """Which part of the desktop a process is."""
        return self._parts.get(pid)

    def end(self) -> None:
        """Have the display remove what it left outside of the directory."""
        with suppress(ProcessLookupError, ChildProcessError):
            until = time.monotonic() + _END_TIME
            while self.server and os.waitpid(self.server, os.WNOHANG)[0] == 0 and time.monotonic() < until:
                os.kill(self.server, signal.SIGTERM)
                time.sleep(_PAUSE)

    def _server_command(self, told: int) -> list[str]:
        width, height = self._size
        return [
            "Xvfb", "-displayfd", str(told), "-screen", "0", f"{width}x{height}x24", "-auth",
            str(cookie(self._directory)), "-nolisten", "tcp", "-noreset", "-dpi", "96", "-s", "0",
        ]  # fmt: skip

    def _bus_command(self) -> list[str]:
        return [
            "dbus-daemon", "--session", "--nofork", "--nopidfile", "--nosyslog",
            f"--address={bus_address(self._directory)}",
        ]  # fmt: skip

    def _start(self, name: str, command: Sequence[str], *, keep: Sequence[int] = ()) -> int:
        told = signal.SIGTERM if keep else signal.SIGKILL  # a display has to clear up
        home = self._directory / "home"
        with (self._directory / f"{command[0]}.log").open("wb") as log:
            try:
                process = start(command, self.environment, home, output=log, errors=log, keep=keep, told=told)
            except OSError as error:
                raise DeskError(f"{name} does not start: {error.strerror}: {command[0]!r}") from None
        self._parts[process.pid] = name
        self._logs[process.pid] = Path(log.name)
        return process.pid

    def _number(self, numbers: int, server: int) -> int:
        with os.fdopen(numbers, "rb") as told:
            if not select.select([told], [], [], _START_TIME)[0]:
                raise DeskError(f"the display (Xvfb) does not start within {_START_TIME:g} s")
            number = told.readline().strip()
        if not number:
            raise self._ended(server)
        return int(number)

    def _wait_for(self, path: Path, pid: int) -> None:
        until = time.monotonic() + _START_TIME
        while not path.exists():
            if os.waitpid(pid, os.WNOHANG)[0] == pid:
                raise self._ended(pid)
            if time.monotonic() > until:
                raise DeskError(f"{self._parts[pid]} does not start within {_START_TIME:g} s")
            time.sleep(_PAUSE)

    def _ended(self, pid: int) -> DeskError:
        said = self._logs[pid].read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return DeskError(f"{self._parts[pid]} ended at once: {said[-1][:_LONGEST_LINE] if said else 'it said nothing'}")


def _cookie() -> bytes:
    """A line of an X authority file that fits any address and any display."""
    parts = (b"", b"", _PROTOCOL, secrets.token_bytes(16))
    return struct.pack(">H", _ANY_HOST) + b"".join(struct.pack(">H", len(part)) + part for part in parts)
