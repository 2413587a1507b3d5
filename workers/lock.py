"""One dev stack per state directory: a lock that ends with its holder, and a note of the holder's children."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil
from pydantic import BaseModel, ValidationError

from activities.private import private_directory
from workflows.errors import ConfigurationError

if sys.platform != "win32":
    import fcntl


class StateInUseError(ConfigurationError):
    """Another dev stack works in the same state directory."""


class Holder(BaseModel):
    """Who holds a state directory."""

    pid: int
    address: str
    web_ui: str
    children: dict[int, float] = {}
    """Process ids of its children and when each was created, by the system's clock."""


@dataclass(slots=True)
class StateLock:
    """The right to work in a state directory, until the block or the process ends."""

    file: IO[str]
    holder: Holder

    def note(self, children: Mapping[int, float]) -> None:
        """Write down the children, so that a successor can end those that a crash left behind."""
        self.holder = self.holder.model_copy(update={"children": dict(children)})
        self.file.seek(0)
        self.file.truncate()
        self.file.write(json.dumps(self.holder.model_dump()))
        self.file.flush()


@contextmanager
def locked(state: Path, *, address: str, web_ui: str) -> Iterator[StateLock]:
    """Hold a state directory for as long as the block lasts, after ending what a crashed holder left behind.

    Raises:
        StateInUseError: a living process holds it.
    """
    private_directory(state)
    path = state / "dev.lock"
    with path.open("a+", encoding="utf-8") as file:
        previous = _read(path)
        if not _acquire(file):
            raise StateInUseError(_refusal(state, previous))
        if previous:
            _end_leftovers(previous)
        lock = StateLock(file, Holder(pid=os.getpid(), address=address, web_ui=web_ui))
        lock.note({})
        yield lock
        file.truncate(0)


def _read(path: Path) -> Holder | None:
    try:
        return Holder.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def _acquire(file: IO[str]) -> bool:
    if sys.platform == "win32":  # the dev server's program does not exist there
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _refusal(state: Path, holder: Holder | None) -> str:
    who = f"process {holder.pid}, with Temporal at {holder.address} and {holder.web_ui}" if holder else "a process"
    return (
        f"the state directory {str(state)!r} is in use by another `aether dev` ({who}); "
        "use that one, stop it first, or choose another directory with --state"
    )


def _end_leftovers(previous: Holder) -> None:
    """End children that outlived a crashed holder, on systems where the kernel does not do it."""
    for pid, created in previous.children.items():
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            if abs(process.create_time() - created) < 1:  # else the number belongs to somebody else by now
                process.kill()
                process.wait(timeout=5)
