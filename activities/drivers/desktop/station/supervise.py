"""The process that has one desktop: the parent of its programs, there for a robot and for that robot's successors.

It knows nothing of runs and steps, and needs nothing but the standard library: there is one for each desktop. Its own
parent, the guard, clears up behind it, however it ends; should the guard end first, it clears up itself.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from activities.drivers.desktop.station.clear import clear
from activities.drivers.desktop.station.desk import Desk, DeskError
from activities.drivers.desktop.station.memo import Memo, Order, Running
from activities.drivers.desktop.station.process import (
    adopt_orphans,
    began,
    belonging,
    end_all,
    end_with_parent,
    family,
    reap,
    start,
)

_ANSWER_TIME = 2.0
"""Seconds a robot may take to read what it is told."""
_READ = 65536
_KEPT = 2000
"""How many bytes are remembered of what a program said last."""


class Supervisor:
    """One desktop, and the one robot that may be connected."""

    def __init__(self, directory: Path, order: Order, listener: socket.socket) -> None:
        self._order = order
        self._directory = directory
        self._listener = listener
        self._desk = Desk(directory, os.environ, size=(order.width, order.height))
        self._failure: str | None = None
        self._selector = selectors.DefaultSelector()
        self._robot: socket.socket | None = None
        self._received: dict[socket.socket, bytes] = {}
        """What callers have said, as far as it is no whole line yet."""
        self._alone_since = 0.0
        self._over = False
        self._launched: dict[int, IO[bytes]] = {}
        """What programs say, by process id."""
        self._endings: dict[int, tuple[int, str]] = {}
        """Exit code and last words by process id."""
        self._words: dict[int, bytes] = {}
        own, guard = (Running(pid, began(pid) or 0) for pid in (os.getpid(), os.getppid()))
        self._memo = Memo(order.session, order.run, order.lease, str(directory), "", own, guard)

    def serve(self) -> None:
        """Have a desktop until it is closed, a part of it ends, or there was no robot for a while."""
        wakes, wake = socket.socketpair()
        wakes.settimeout(0)
        wake.settimeout(0)
        signal.set_wakeup_fd(wake.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._end)
        try:
            self._desk.start()
        except DeskError as error:
            self._failure = str(error)
        else:
            self._note(replace(self._memo, display=self._desk.environment["DISPLAY"]))
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(wakes, selectors.EVENT_READ, lambda: self._wake(wakes))
        self._alone_since = time.monotonic()
        while not self._over:
            self._look()
        end_all(lambda: belonging(self._directory) - {self._desk.server})
        self._desk.end()

    def _look(self) -> None:
        for key, _ in self._selector.select(self._left()):
            key.data()
        if self._left() == 0.0:
            self._over = True

    def _left(self) -> float | None:
        """How many seconds it stays if nobody comes; None while somebody is there."""
        if self._received:
            return None
        return max(0.0, self._alone_since + self._order.linger - time.monotonic())

    def _accept(self) -> None:
        caller, _ = self._listener.accept()
        caller.settimeout(_ANSWER_TIME)
        self._received[caller] = b""
        self._selector.register(caller, selectors.EVENT_READ, lambda: self._receive(caller))

    def _receive(self, caller: socket.socket) -> None:
        try:
            received = caller.recv(_READ)
        except OSError:
            received = b""
        if not received:
            self._hang_up(caller)
            return
        *lines, rest = (self._received[caller] + received).split(b"\n")
        self._received[caller] = rest
        for line in lines:
            if caller in self._received:  # unless an answer has found nobody
                self._answer(caller, json.loads(line))

    def _hang_up(self, caller: socket.socket) -> None:
        """A caller is gone; after the robot, a successor has some time to come."""
        if self._received.pop(caller, None) is None:
            return
        self._selector.unregister(caller)
        caller.close()
        self._alone_since = time.monotonic()
        if caller is self._robot:
            self._robot = None
            self._over |= self._failure is not None

    def _answer(self, caller: socket.socket, request: dict[str, Any]) -> None:
        verbs: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "hello": self._hello,
            "claim": self._claim,
            "launch": self._launch,
            "remember": self._remember,
            "kill": self._kill,
            "close": self._close,
        }
        self._robot = self._robot or caller
        answer = verbs[request["do"]](request) if caller is self._robot else {"refused": True}
        self._tell({"number": request["number"], **answer}, caller)

    def _tell(self, news: dict[str, Any], listener: socket.socket | None = None) -> None:
        listener = listener or self._robot
        if listener is not None and not _send(listener, news):
            self._hang_up(listener)

    def _hello(self, _: dict[str, Any]) -> dict[str, Any]:
        if self._failure is not None:
            return {"failure": self._failure}
        endings = [[pid, *ending] for pid, ending in self._endings.items()]
        return {"memo": self._memo.values(), "launched": [*self._launched], "endings": endings}

    def _claim(self, request: dict[str, Any]) -> dict[str, Any]:
        self._note(replace(self._memo, lease=request["lease"]))
        return {}

    def _launch(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            environment = {**self._desk.environment, **request["environment"]}
            process = start(request["arguments"], environment, request["directory"], errors=subprocess.PIPE)
        except OSError as error:
            return {"errno": error.errno or 0, "problem": error.strerror or str(error), "path": error.filename}
        except (ValueError, subprocess.SubprocessError) as error:
            return {"errno": 0, "problem": str(error), "path": None}
        assert process.stderr is not None  # noqa: S101 - it was asked for
        self._launched[process.pid] = process.stderr
        self._words[process.pid] = b""
        self._endings.pop(process.pid, None)
        os.set_blocking(process.stderr.fileno(), False)
        self._selector.register(process.stderr, selectors.EVENT_READ, lambda: self._listen(process.pid))
        return {"pid": process.pid}

    def _listen(self, pid: int) -> None:
        said = self._launched[pid]
        if said.closed:
            return
        with suppress(BlockingIOError):
            words = os.read(said.fileno(), _READ)
            self._words[pid] = (self._words[pid] + words)[-_KEPT:]
            if not words:
                self._selector.unregister(said)
                said.close()

    def _remember(self, request: dict[str, Any]) -> dict[str, Any]:
        name, app = request["name"], Running(request["pid"], request["began"])
        others = {other: running for other, running in self._memo.apps.items() if other != name}
        self._note(replace(self._memo, apps={**others, name: app}))
        return {}

    def _kill(self, request: dict[str, Any]) -> dict[str, Any]:
        """End one program of this desktop; what does not belong here stays untouched."""
        pid: int = request["pid"]
        here = belonging(self._directory)
        return {"gone": end_all(lambda: self._reaped(family(pid)) & here)}

    def _close(self, _: dict[str, Any]) -> dict[str, Any]:
        self._over = True
        return {}

    def _note(self, memo: Memo) -> None:
        self._memo, file = memo, Path(self._order.memo)
        try:
            memo.write(file)
        except OSError:  # a successor had better know nothing than what is not true any more
            with suppress(OSError):
                file.unlink(missing_ok=True)

    def _wake(self, wakes: socket.socket) -> None:
        with suppress(BlockingIOError):
            wakes.recv(_READ)
        self._reap()

    def _reaped(self, pids: set[int]) -> set[int]:
        self._reap()
        return pids

    def _reap(self) -> None:
        for pid, code in reap().items():
            part = self._desk.part(pid)
            if part is not None and self._failure is None:
                self._over = True
                self._tell({"lost": f"{part} ended"})
            elif pid in self._launched:
                self._listen(pid)
                words = self._words[pid].decode(errors="replace").split("\n")
                self._endings[pid] = (code, next((line.strip() for line in reversed(words) if line.strip()), ""))
                self._tell({"ended": [pid, *self._endings[pid]]})

    def _end(self, *_: object) -> None:
        self._over = True


def _send(robot: socket.socket, news: dict[str, Any]) -> bool:
    try:
        robot.sendall(json.dumps(news).encode() + b"\n")
    except OSError:
        return False
    return True


def _guard(supervisor: int, directory: Path, memo: Path) -> None:
    """Wait for the end of a supervisor, and clear up behind it."""
    signal.signal(signal.SIGTERM, lambda *_: os.kill(supervisor, signal.SIGTERM))
    while os.waitpid(-1, 0)[0] != supervisor:
        pass
    clear(directory, memo, find=belonging)
    reap()


def main() -> None:
    """Have the desktop that was ordered in a directory, for whoever comes to a listening socket."""
    directory, listener = Path(sys.argv[1]), int(sys.argv[2])
    order = Order.read(directory / "order")
    memo = Path(order.memo)
    for number in (signal.SIGINT, signal.SIGHUP):  # what is typed at the robot's terminal is for the robot
        signal.signal(number, signal.SIG_IGN)
    os.chdir(directory)
    os.umask(0o077)
    adopt_orphans()
    guard = os.getpid()
    supervisor = os.fork()
    if supervisor:
        os.close(listener)
        _guard(supervisor, directory, memo)
        return
    end_with_parent(signal.SIGTERM)
    adopt_orphans()
    Supervisor(directory, order, socket.socket(fileno=listener)).serve()
    if os.getppid() != guard:
        clear(directory, memo, find=belonging)


if __name__ == "__main__":
    main()
