"""What a step knows of servers that keep files, whatever they speak."""

from __future__ import annotations

from dataclasses import dataclass

from activities.sessions.files import Workspace
from workflows.call import StepCall
from workflows.errors import SessionLostError

CONNECTING = 15.0
"""Seconds a server may take to let somebody in; never more than half of what a step has."""
PIECE = 2 * 1024 * 1024
"""Bytes of a file that are in memory at a time."""


@dataclass(frozen=True, slots=True)
class ForStep:
    """The step that works with a server."""

    call: StepCall
    files: Workspace | None

    @property
    def key(self) -> str:
        """Its idempotency key."""
        return self.call.key

    @property
    def again(self) -> bool:
        """Whether an earlier attempt may have come to something."""
        return self.call.attempt > 1

    @property
    def patience(self) -> float:
        """Seconds it may take."""
        return self.call.timeout

    @property
    def connecting(self) -> float:
        """Seconds to wait for a server to let it in."""
        return min(CONNECTING, self.patience / 2)

    @property
    def workspace(self) -> Workspace:
        """The files of its run."""
        if self.files is None:
            raise SessionLostError(f"step {self.call.step!r} came without the files of its run")
        return self.files


def joined(folder: str, name: str) -> str:
    """The path of what is in a folder."""
    if folder in {"", "."}:
        return name
    return f"{folder.rstrip('/')}/{name}"
