"""Processes of this machine: looked at, and ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import Path, PurePath
from typing import TypeVar

import psutil

from activities.sessions.system import Ended, Running, Which
from workflows.errors import ConfigurationError, InvalidParamsError, MachineError

_SAME = 2.0
"""Seconds by which two tellings of one start may differ: systems reckon it from a clock that people set."""
_DYING = 5.0
"""Seconds within which a process that was killed is gone."""
_COMING_BACK = 0.5
"""Seconds within which whatever keeps a program running starts it again."""
_LOOK = 0.05
_OWN_MODULES = ("activities.", "workers.", "cli.")

T = TypeVar("T")


def running(pattern: str | None = None) -> list[Running]:
    """List processes, the oldest first."""
    found = [seen for process in psutil.process_iter() if (seen := _seen(process)) is not None]
    wanted = [seen for seen in found if pattern is None or fnmatchcase(_plain(seen.name), _plain(pattern))]
    return sorted(wanted, key=lambda seen: (seen.started, seen.pid))


def find(which: Which) -> list[Running]:
    """Give those that are meant and run.

    Raises:
        InvalidParamsError: the process of this number and time is another program.
    """
    if which.pid is None or which.started is None:
        return [seen for seen in running() if same_program(seen.name, which.name)]
    with suppress(psutil.NoSuchProcess):
        seen = _seen(psutil.Process(which.pid))
        if seen is None or abs((seen.started - which.started).total_seconds()) > _SAME:
            return []  # a number that another process has by now
        if not same_program(seen.name, which.name):
            raise InvalidParamsError(f"process {which.pid} is {seen.name!r}, expected {which.name!r}")
        return [seen]
    return []


def end(which: Which, grace: timedelta) -> list[Ended]:
    """End what is meant and runs.

    Raises:
        ConfigurationError: it belongs to the robot, or the robot's user may not end it.
        MachineError: some do not end, or come back.
    """
    meant = _own_user(find(which)) if which.pid is None else find(which)
    processes = {seen.pid: process for seen in meant if (process := _process_of(seen)) is not None}
    _refuse_own(processes.values())
    for process in processes.values():
        _tell(process, _ask)
    slow = _still(processes.values(), grace.total_seconds())
    for process in slow:
        _tell(process, psutil.Process.kill)
    left = _still(slow, _DYING)
    if left:
        raise MachineError(f"{which.name!r} does not end: {_numbers(left)} was killed and is still there", acted=True)
    if processes and which.pid is None:
        time.sleep(_COMING_BACK)
    back = _own_user(find(which))
    if back:
        raise MachineError(
            f"{which.name!r} was ended, and is there again as {', '.join(f'process {each.pid}' for each in back)}: "
            "something starts it; end that first, or stop the service that it belongs to",
            acted=True,
        )
    killed = {process.pid for process in slow}
    return [Ended(pid=seen.pid, name=seen.name, killed=seen.pid in killed) for seen in meant if seen.pid in processes]


def same_program(one: str, other: str) -> bool:
    """Whether two names are of one program, as the system has it."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return name.casefold().removesuffix(".exe") if sys.platform == "win32" else name


def _seen(process: psutil.Process) -> Running | None:
    """Look at a process; None if it has ended."""
    with suppress(psutil.NoSuchProcess), process.oneshot():
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return Running(
            pid=process.pid,
            name=process.name(),
            user=_told(process.username),
            started=datetime.fromtimestamp(process.create_time(), UTC),
            memory=_told(lambda: process.memory_info().rss),
        )
    return None


def _own_user(seen: Iterable[Running]) -> list[Running]:
    own = psutil.Process().username()
    return [each for each in seen if each.user == own]


def _process_of(seen: Running) -> psutil.Process | None:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(seen.pid)
        if abs(process.create_time() - seen.started.timestamp()) <= _SAME:
            return process
    return None


def _refuse_own(processes: Iterable[psutil.Process]) -> None:
    """Leave alone what the robot is, runs under and has started, and the same of other robots on this machine."""
    own = psutil.Process()
    above = {own.pid, *(process.pid for process in own.parents())}
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            line = [process, *process.parents()]
            if process.pid in above or own in line or any(map(_is_of_aether, line)):
                raise ConfigurationError(
                    f"process {process.pid} ({process.name()!r}) belongs to a robot, which ends it itself: use "
                    "desktop.close or browser.close, or name another"
                )


def _is_of_aether(process: psutil.Process) -> bool:
    told = _told(process.cmdline) or []
    started = any(PurePath(part).stem == "aether" for part in told[:2])
    return started or any(flag == "-m" and module.startswith(_OWN_MODULES) for flag, module in pairwise(told))


def _tell(process: psutil.Process, what: Callable[[psutil.Process], object]) -> None:
    try:
        what(process)
    except psutil.NoSuchProcess:
        return
    except psutil.AccessDenied as error:
        raise ConfigurationError(
            f"the robot's user {psutil.Process().username()!r} may not end process {process.pid} "
            f"({_told(process.name)!r}) of user {_told(process.username)!r}"
        ) from error


def _ask(process: psutil.Process) -> None:
    """Ask a process to end; on Windows, only those with windows hear it."""
    if sys.platform != "win32":
        process.terminate()
    elif process.is_running():
        program = Path(os.environ["SYSTEMROOT"], "System32", "taskkill.exe")
        subprocess.run([program, "/PID", str(process.pid)], capture_output=True, check=False, timeout=_DYING)  # noqa: S603 - of Windows


def _still(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for them to end, and give those that have not."""
    ends = time.monotonic() + seconds
    left = [process for process in processes if _runs(process)]
    while left and time.monotonic() < ends:
        time.sleep(_LOOK)
        left = [process for process in left if _runs(process)]
    return left


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _told(ask: Callable[[], T]) -> T | None:
    """What the system tells of a process; None where it does not."""
    try:
        return ask()
    except psutil.AccessDenied:
        return None


def _numbers(processes: Sequence[psutil.Process]) -> str:
    return ", ".join(f"process {process.pid}" for process in processes)
