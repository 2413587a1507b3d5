"""This machine, and the processes on it."""

from __future__ import annotations

import os
import platform
import socket
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from workflows.fleet import RobotCard

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")
_SAME_MOMENT = 2.0
"""Seconds by which two readings of when a process began may differ, as clocks are set."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where this process runs."""

    host: str
    key: str
    """The same for all processes that see each other's process ids, until the machine starts anew."""
    pid: int
    started: float
    """When this process began, in seconds since 1970 UTC."""
    platform: str
    cpus: int
    memory: int
    """Bytes."""


def this_machine() -> Machine:
    """Look at this machine."""
    process = psutil.Process()
    return Machine(
        host=socket.gethostname(),
        key=_key(),
        pid=process.pid,
        started=process.create_time(),
        platform=f"{platform.system()}-{platform.machine()}".lower(),
        cpus=_processors(),
        memory=psutil.virtual_memory().total,
    )


def is_dead(card: RobotCard, here: Machine) -> bool:
    """Whether a robot's process is certainly gone: it was on this machine, and is not any more."""
    return card.machine == here.key and not _is_running(card)


def _is_running(card: RobotCard) -> bool:
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(card.pid)
        same = abs(process.create_time() - card.started) < _SAME_MOMENT
        return process.status() != psutil.STATUS_ZOMBIE and (same or _is_robot(process))
    return False


def _is_robot(process: psutil.Process) -> bool:
    """Whether a process may be a robot: when the clock was set, its age does not tell."""
    try:
        command = process.cmdline()
    except psutil.AccessDenied:
        return True
    return not command or any("robot" in word for word in command)  # one that is just beginning has none yet


def _key() -> str:
    if _BOOT.is_file():
        namespace = _NAMESPACE.readlink().name if _NAMESPACE.is_symlink() else ""
        return f"{_BOOT.read_text(encoding='ascii').strip()}/{namespace}"
    return f"{uuid.getnode():x}/{psutil.boot_time():.0f}"


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
