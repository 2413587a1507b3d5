"""A process and all that it has started: how much memory they need, and how they end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

_SAME_MOMENT = 1.0
"""Seconds: how far apart two readings of a process's beginning may be."""
_GRACE = 5.0


def is_running(pid: int, created: float) -> bool:
    """Whether a process is there, and not another one that was given its number."""
    return _process(pid, created) is not None


def weight(pid: int) -> int:
    """The memory of a process and all below it, in bytes; what they share counts once where the system can tell."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        return sum(_own_weight(each) for each in (process, *process.children(recursive=True)))
    return 0


def tell_to_end(pid: int) -> None:
    """Ask a process to end."""
    with suppress(psutil.Error):
        psutil.Process(pid).terminate()


def end(pid: int, created: float, *, force: bool = False) -> None:
    """End a process and all that it has started: in order at first, unless by force, and in bounded time."""
    process = _process(pid, created)
    if process is None:
        return
    family = [process, *_below(process)]
    if not force:
        with suppress(psutil.Error):
            process.terminate()
        family = psutil.wait_procs(family, timeout=_GRACE)[1]
    kill(family)


def kill(processes: Iterable[psutil.Process]) -> None:
    """End processes at once."""
    left = [*processes]
    for process in left:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(left, timeout=_GRACE)


def living_in(directory: Path) -> Iterator[psutil.Process]:
    """The processes that were started with something in a directory: a browser whose host was killed is one."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(f"{directory}/" in word for word in process.cmdline()):
                yield process


def _process(pid: int, created: float) -> psutil.Process | None:
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        same = abs(process.create_time() - created) < _SAME_MOMENT
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    return None


def _below(process: psutil.Process) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return process.children(recursive=True)
    return []


def _own_weight(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        whole = process.memory_full_info()
        return int(getattr(whole, "pss", whole.uss))
    return 0
