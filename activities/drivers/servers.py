"""What a step knows of servers that keep files, whatever they speak."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from activities.sessions.files import Workspace
from activities.sessions.transfer import RemoteFiles
from workflows.call import StepCall
from workflows.errors import AetherError, RequestRefusedError, ServerFailedError, SessionLostError

CONNECTING = 15.0
"""Seconds a server may take to let somebody in; never more than half of what a step has."""
PIECE = 2 * 1024 * 1024
"""Bytes of a file that are in memory at a time."""
_EXCHANGES = 8
"""How often to try to replace a file that others replace at the same time."""


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


async def exchange(files: RemoteFiles, path: str, to: str) -> None:
    """Put a file in the place of another on a server that cannot do so at once; if it fails, the other comes back."""
    for left in reversed(range(_EXCHANGES)):
        try:
            await _exchange(files, path, to)
        except (RequestRefusedError, ServerFailedError) as error:
            if error.acted or not left or await files.look(path) is None:
                raise
        else:
            return


async def _exchange(files: RemoteFiles, path: str, to: str) -> None:
    above, slash, name = to.rpartition("/")
    aside = f"{above}{slash}.{name[:100]}.{uuid4().hex[:12]}.old"
    if await files.look(path) is None:
        raise RequestRefusedError(f"{path!r} is there no more; somebody else may have taken it")
    if await files.look(to) is None:
        await files.rename(path, to)
        return
    try:
        await files.rename(to, aside)
    except AetherError as error:
        error.message = f"{to!r} cannot be replaced: {error.message}"
        raise
    try:
        await files.rename(path, to)
    except AetherError as error:
        await _come_back(files, aside, to, error)
        raise
    await files.delete(aside)


async def _come_back(files: RemoteFiles, aside: str, to: str, error: AetherError) -> None:
    """Give a file its place again, unless another run has put a newer one there."""
    try:
        if await files.look(to) is None:
            await files.rename(aside, to)
        else:
            await files.delete(aside)
    except AetherError:
        raise ServerFailedError(
            f"{to!r} could not be replaced ({error.message}), and what was there is now {aside!r}", acted=True
        ) from error
