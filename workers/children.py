"""Child processes that end with their parent, whatever ends it."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from activities.private import private_directory

_PR_SET_PDEATHSIG = 1
_MASK = 0o077
"""Files of these processes, logs and databases, are for their owner alone."""
_GRACE = timedelta(seconds=5)


async def spawn(command: Sequence[str], *, log: Path, environ: Mapping[str, str] | None = None) -> Process:
    """Start a process, with our environment or the given one, whose output is appended to a file.

    On Linux the kernel kills it when the parent dies, even by SIGKILL. It leads a process group of its own, so
    that a Ctrl-C in the terminal reaches the parent alone, which then decides the order of things.
    """
    with _appended(log) as output:
        return await create_subprocess_exec(
            *command,
            stdin=DEVNULL,
            stdout=output,
            stderr=STDOUT,
            env=environ,
            umask=_MASK,
            process_group=0,
            preexec_fn=_death_pact() if sys.platform == "linux" else None,
        )


def _appended(log: Path) -> BinaryIO:
    private_directory(log.parent)
    log.touch(mode=0o600)
    return log.open("ab")


async def end(process: Process, *, grace: timedelta = _GRACE) -> int:
    """Ask a process to end, insist after the grace period, and return its exit code."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(grace.total_seconds()):
                await process.wait()
        except TimeoutError:
            kill(process)
    return await process.wait()


def kill(process: Process) -> None:
    """End a process and its group at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@asynccontextmanager
async def running(
    command: Sequence[str],
    *,
    log: Path,
    environ: Mapping[str, str] | None = None,
    grace: timedelta = _GRACE,
) -> AsyncIterator[Process]:
    """Have a process for as long as the block lasts."""
    process = await spawn(command, log=log, environ=environ)
    try:
        yield process
    finally:
        await end(process, grace=grace)


def last_line(log: Path) -> str:
    """The last thing a process said."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.is_file() else []
    return lines[-1][:500] if lines else "it said nothing"


def _death_pact() -> Callable[[], None]:
    """Prepare the call a child makes before it becomes its program: be killed when the parent dies."""
    control = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def sign() -> None:
        control(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the call
            os.kill(os.getpid(), signal.SIGKILL)

    return sign
