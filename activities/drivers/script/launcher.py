"""Starts one program with limits, apart from the rest of the machine: a process of its own, never imported.

Started as `python -I launcher.py SPEC`, it becomes or has the program that the file SPEC names. Apart means, on
Linux: no other process is seen, the robot's own directories are empty, and whatever the program starts ends with it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import pwd
import resource
import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

_NEW_MOUNTS, _NEW_MESSAGES, _NEW_USERS, _NEW_PROCESSES, _NEW_NETWORK = (
    0x00020000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
_NO_SUID, _NO_DEVICES, _NO_PROGRAMS, _BIND, _ALL, _PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
_PARENT_DEATH_SIGNAL, _NO_NEW_PRIVILEGES = 1, 38
TEMPORARY = "/tmp"  # noqa: S108 - an empty one, for this program alone
INSIDE = f"{TEMPORARY}/script"
"""Where a program that runs apart finds the directory it works in."""
REFUSED = 125
"""The exit code that says that the program was not started; why is the last line of standard error."""
_SIGNALLED = 128


def main() -> NoReturn:
    """Start it."""
    spec: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    try:
        _launch(spec)
    except OSError as error:
        sys.stderr.write(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}\n")
        sys.stderr.flush()
        os._exit(REFUSED)


def _launch(spec: dict[str, Any]) -> NoReturn:
    if sys.platform == "linux":
        _control(_PARENT_DEATH_SIGNAL, signal.SIGKILL)  # no program outlives its robot
    if spec["apart"]:
        _go_apart(network=spec["network"])
        _end_with(os.fork())
        _control(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        _hide(spec)
        _end_with(os.fork())
    _become(spec)


def _go_apart(*, network: bool) -> None:
    """Leave the robot's processes, mounts and, without its rights, its users."""
    user, group = os.geteuid(), os.getegid()
    ways = _NEW_MOUNTS | _NEW_MESSAGES | _NEW_PROCESSES | (0 if network else _NEW_NETWORK)
    _call("unshare", ways | (_NEW_USERS if user else 0))
    if user:
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")


def _hide(spec: dict[str, Any]) -> None:
    """Have empty directories in the place of the robot's, and of the system's for temporary files.

    The directory that the program works in is mounted there, where it is found whoever may look into those above it.
    """
    directory = os.open(spec["directory"], os.O_RDONLY | os.O_DIRECTORY)
    _call("mount", b"none", b"/", None, _ALL | _PRIVATE, None)
    with contextlib.suppress(OSError):  # a container may forbid it: its processes are out of reach all the same
        _call("mount", b"proc", b"/proc", b"proc", _NO_SUID | _NO_DEVICES | _NO_PROGRAMS, None)
    for place in [*spec["hidden"], TEMPORARY]:
        if Path(place).is_dir():
            mode = b"mode=1777,size=64m" if place == TEMPORARY else b"mode=0555,size=4k"
            _call("mount", b"none", os.fsencode(place), b"tmpfs", _NO_SUID | _NO_DEVICES, mode)
    Path(INSIDE).mkdir()
    _call("mount", f"/proc/self/fd/{directory}".encode(), INSIDE.encode(), None, _BIND, None)
    os.close(directory)


def _become(spec: dict[str, Any]) -> NoReturn:
    """Be the program, with its user, its limits and its environment."""
    user = pwd.getpwnam(spec["user"]) if spec["user"] else None
    os.chdir(Path(INSIDE if spec["apart"] else spec["directory"], "files"))
    if user:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
    if sys.platform == "linux":
        _control(_NO_NEW_PRIVILEGES, 1)
    for name, limit in spec["limits"].items():
        kind = getattr(resource, f"RLIMIT_{name}")
        _, most = resource.getrlimit(kind)
        bound = limit if most == resource.RLIM_INFINITY else min(limit, most)
        resource.setrlimit(kind, (bound, bound))
    failure = OSError("no program")
    for command in spec["commands"]:
        try:
            os.execve(command[0], command, spec["environment"])  # noqa: S606 - what this is for
        except OSError as error:
            failure = OSError(error.errno, error.strerror, command[0])
    raise failure


def _end_with(child: int) -> None:
    """In the parent: wait for a child, reap what else ends, and end as the child did."""
    if not child:
        return
    while True:
        ended, status = os.wait()
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else _SIGNALLED - code)


def _control(option: int, value: int) -> None:
    _call("prctl", option, value, 0, 0, 0)


def _call(name: str, *arguments: object) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


if __name__ == "__main__":
    main()
