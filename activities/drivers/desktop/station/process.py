"""Processes as Linux knows them: what began when, what belongs together, and how all of it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

_PROC = Path("/proc")
_DEATH_SIGNAL, _SUBREAPER = 1, 36
"""Of Linux's `prctl`."""
_ENDING_TIME = 5.0
_PAUSE = 0.005


class _Entry(NamedTuple):
    parent: int
    session: int
    began: int


def began(pid: int) -> int | None:
    """When a process began, in ticks since the machine did; None if it is not running."""
    entry = _entry(pid)
    return entry.began if entry is not None else None


def is_running(pid: int, since: int) -> bool:
    """Whether a process is there, and not another one that was given its number."""
    return began(pid) == since


def family(pid: int) -> set[int]:
    """A process and all it started, also what was left behind by one that has ended."""
    table = _table()
    of_session = {other for other, entry in table.items() if entry.session == pid}
    return _with_children(table, of_session | ({pid} & table.keys()))


def below(pid: int) -> set[int]:
    """All that a process started."""
    return _with_children(_table(), {pid}) - {pid}


def living_in(directory: Path) -> set[int]:
    """The processes whose environment says that they live in a desktop's directory."""
    mark = os.fsencode(f"XDG_RUNTIME_DIR={directory}/")
    found = set()
    for pid in _pids():
        with suppress(OSError):
            if mark in (_PROC / str(pid) / "environ").read_bytes() and _entry(pid) is not None:
                found.add(pid)
    return found


def belonging(directory: Path) -> set[int]:
    """All that lives in a desktop's directory or was started by this process, which is its parent."""
    return below(os.getpid()) | living_in(directory) - {os.getpid()}


def end_all(find: Callable[[], set[int]]) -> bool:
    """End processes as they are, and those they start meanwhile, until none is found; whether that came to pass."""
    until = time.monotonic() + _ENDING_TIME
    while (pids := find() - {os.getpid()}) and time.monotonic() < until:
        for pid in pids:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_PAUSE)
    return not pids


def start(  # noqa: PLR0913 - what differs between the programs of a desktop
    command: Sequence[str],
    environment: Mapping[str, str],
    directory: Path | str,
    *,
    output: int | IO[bytes] = subprocess.DEVNULL,
    errors: int | IO[bytes],
    keep: Sequence[int] = (),
    told: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    """Start a program as the head of a family of its own, which is told to end when this process does.

    It is for `reap` to say how it ended: this process has no threads and one place where all its children are reaped.
    """
    process = subprocess.Popen(  # noqa: S603 - our own desktop, or what a document's author wants started
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        env=environment,
        cwd=directory,
        pass_fds=keep,
        start_new_session=True,
        preexec_fn=lambda: end_with_parent(told),  # noqa: PLW1509 - there are no threads
    )
    process.returncode = 0
    return process


def reap() -> dict[int, int]:
    """How children of this process have ended since this was asked last, by process id."""
    ended = {}
    with suppress(ChildProcessError):
        while (child := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            ended[child[0]] = os.waitstatus_to_exitcode(child[1])
    return ended


def end_with_parent(number: signal.Signals = signal.SIGKILL) -> None:
    """Have this process told to end when the one that started it does."""
    _prctl(_DEATH_SIGNAL, number)


def adopt_orphans() -> None:
    """Be the parent of those below whose own parent ends, so that none of them gets lost."""
    _prctl(_SUBREAPER, 1)


def _with_children(table: dict[int, _Entry], roots: set[int]) -> set[int]:
    found, grown = set(roots), True
    while grown:
        children = {pid for pid, entry in table.items() if entry.parent in found} - found
        found |= children
        grown = bool(children)
    return found


def _table() -> dict[int, _Entry]:
    return {pid: entry for pid in _pids() if (entry := _entry(pid)) is not None}


def _pids() -> list[int]:
    return [int(path.name) for path in _PROC.iterdir() if path.name.isdigit()]


def _entry(pid: int) -> _Entry | None:
    """None for one that is not there, or has ended and waits for its parent to notice."""
    try:
        stat = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    state, parent, _, session, *others = stat[stat.rindex(b")") + 2 :].split()
    return None if state in {b"Z", b"X"} else _Entry(int(parent), int(session), int(others[15]))


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
