"""A process that has loaded all of our modules, and becomes each command or robot that it is told to be.

Most of what a short command takes is loading its modules, and so is most of what a robot takes to begin. Each still is
a process of its own: it is forked before it begins, with the arguments, environment, directory and streams it is given.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from typing import IO, Literal

LOADED = ("cli", "workers", "workflows", "activities.nodes", "activities.drivers.playwright")
"""Packages whose modules are loaded before the first command."""

_STREAMS = 5
"""Standard input, output and errors, what is ordered, and where the end is reported."""


class Warm:
    """A process that was begun so: what tests use of one that `asyncio` starts."""

    def __init__(self, pid: int, end: asyncio.Task[int]) -> None:
        self.pid = pid
        self._end = end

    @property
    def returncode(self) -> int | None:
        """How it ended: as its exit code, or less than zero by a signal; None while it runs."""
        return self._end.result() if self._end.done() else None

    async def wait(self) -> int:
        """Wait for its end: its exit code."""
        return await asyncio.shield(self._end)

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.returncode is None:
            with suppress(ProcessLookupError):  # that is known here in a moment
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.send_signal(signal.SIGKILL)


async def run(
    arguments: Sequence[str], *, directory: Path, environ: Mapping[str, str], stdin: str, seconds: float
) -> tuple[int, str, str]:
    """Run `aether` to its end: its exit code, and what it said on both streams.

    Raises:
        TimeoutError: it did not end in time; it was killed, and what it had said is the message.
    """
    with ExitStack() as stack:
        read, output, errors = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        _put(read, stdin)
        streams = [file.fileno() for file in (read, output, errors)]
        command = await begin("aether", arguments, directory=directory, environ=environ, streams=streams)
        try:
            async with asyncio.timeout(seconds):
                code = await command.wait()
        except TimeoutError:
            command.kill()
            await command.wait()
            raise TimeoutError("\n".join([_said(output), _said(errors)])) from None
        return code, _said(output), _said(errors)


async def begin(
    program: Literal["aether", "robot"],
    arguments: Sequence[str],
    *,
    directory: Path,
    environ: Mapping[str, str],
    streams: Sequence[int],
) -> Warm:
    """Begin the command line, or a robot, with these standard streams."""
    order = {"program": program, "arguments": [*arguments], "directory": str(directory), "environ": dict(environ)}
    receiving, sending = os.pipe()
    with tempfile.TemporaryFile() as ordered:
        _put(ordered, json.dumps(order))
        try:
            socket.send_fds(_waiting(), [b"!"], [*streams, ordered.fileno(), sending])
        finally:
            os.close(sending)
    report = asyncio.StreamReader()
    reading, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(report), os.fdopen(receiving, "rb")
    )
    pid = int(await report.readline())

    async def end() -> int:
        code = int(await report.readline())
        reading.close()
        return code

    return Warm(pid, asyncio.create_task(end()))


def _put(file: IO[bytes], text: str) -> None:
    file.write(text.encode())
    file.seek(0)


def _said(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@cache
def _waiting() -> socket.socket:
    """A line to the process, which is started with the first command and ends with this one."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with there:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", "tests.support.warm", str(there.fileno())],
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            env=_plain(os.environ) | {"PYTHONPATH": str(Path(__file__).parents[2]), "NO_COLOR": "1", "COLUMNS": "100"},
        )

    def end() -> None:
        here.send(b"")
        here.close()
        process.wait()

    atexit.register(end)
    return here


def _plain(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment without what is meant for other processes: settings of ours, and the measuring of coverage."""
    return {
        name: value for name, value in environ.items() if not name.startswith(("TEMPORAL_", "AETHER_", "COVERAGE_"))
    }


def _serve(line: socket.socket) -> None:
    """Become each command that is ordered, until there are no more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks what becomes of those who watch
    while True:
        content, streams, _, _ = socket.recv_fds(line, 1, _STREAMS)
        if not content:
            return
        if os.fork() == 0:
            line.close()
            _watch(streams)
        for stream in streams:
            os.close(stream)


def _watch(streams: Sequence[int]) -> None:
    """Start a command, and report its number and how it ended."""
    *streams, report = streams
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    command = os.fork()
    if command == 0:
        os.close(report)
        _become(streams)
    os.write(report, f"{command}\n".encode())
    _, status = os.waitpid(command, 0)
    os.write(report, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def _become(streams: Sequence[int]) -> None:
    with os.fdopen(streams[3]) as ordered:
        order = json.load(ordered)
    for number, stream in enumerate(streams[:3]):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(order["directory"])
    os.environ.clear()
    os.environ.update(order["environ"])
    sys.argv = [order["program"], *order["arguments"]]
    if order["program"] == "aether":
        importlib.import_module("cli.main").main()
    else:
        importlib.import_module("workers.process").main(importlib.import_module("workers.robot").serve)


def _load() -> None:
    for package in map(importlib.import_module, LOADED):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    gc.collect()
    gc.freeze()  # what is shared stays shared


if __name__ == "__main__":
    _load()
    _serve(socket.socket(fileno=int(sys.argv[1])))
