"""Processes beside a robot that call functions for it."""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import IO, ParamSpec, TypeVar

import psutil

from activities.drivers.apart.serve import Answer
from workflows.errors import NodeFailedError

P = ParamSpec("P")
T = TypeVar("T")

_IDLE = 300.0
"""How long a process waits for more to do, in seconds: it holds on to its memory."""
_END = 5.0


class Processes:
    """Up to so many processes, each with so much memory (in bytes), started as they are needed.

    Whoever stops waiting for a function ends the process it runs in, and all that this one has started.
    """

    def __init__(self, most: int, *, memory: int) -> None:
        self._free = asyncio.Semaphore(most)
        self._memory = memory
        self._waiting: dict[_Process, asyncio.TimerHandle] = {}
        """Those with nothing to do, and when each of them goes."""

    async def call(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function of a module in one of them.

        Raises:
            NodeFailedError: the process ended before the function did.
        """
        async with self._free:
            process = await self._ready()
            try:
                done, outcome = await asyncio.to_thread(process.call, (work, args, kwargs))
            except BaseException:
                await asyncio.shield(asyncio.to_thread(process.end))
                raise
            loop = asyncio.get_running_loop()
            self._waiting[process] = loop.call_later(_IDLE, self._let_go, process, loop)
        if not done:
            raise outcome
        result: T = outcome
        return result

    async def _ready(self) -> _Process:
        while self._waiting:
            process, timer = self._waiting.popitem()
            timer.cancel()
            if process.alive:
                return process
            await asyncio.to_thread(process.end)
        return await asyncio.to_thread(_Process, self._memory)

    def _let_go(self, process: _Process, loop: asyncio.AbstractEventLoop) -> None:
        if self._waiting.pop(process, None) is not None:
            loop.run_in_executor(None, process.end)


class _Process:
    def __init__(self, memory: int) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            (sys.executable, "-P", "-m", "activities.drivers.apart.serve", str(memory)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.end: Callable[[], None] = weakref.finalize(self, _end, self._process)
        """Also called when nobody knows the process any more, and when the robot ends."""

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def call(self, order: object) -> Answer:
        stdin, stdout = _streams(self._process)
        try:
            pickle.dump(order, stdin)
            stdin.flush()
            answer: Answer = pickle.load(stdout)  # noqa: S301 - from our own process
        except (OSError, EOFError, ValueError, pickle.UnpicklingError) as error:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_END)
            raise NodeFailedError(
                f"the process that worked on the document ended in the middle of it, with {self._process.poll()}; if "
                "it does so again, the file is broken in a way that no program should be broken by",
                acted=False,
            ) from error
        return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it has started; that takes no time."""
    with suppress(psutil.NoSuchProcess):
        for program in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                program.kill()
    process.kill()
    for stream in _streams(process):
        with suppress(OSError):
            stream.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_END)


def _streams(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise NodeFailedError("a process without pipes cannot be told anything", acted=False)
    return process.stdin, process.stdout
