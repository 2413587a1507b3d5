"""How a robot lends a run's files: they come with the step."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from activities.provider import Provider
from activities.sessions.files import FILES, Workspace
from workflows.call import StepCall
from workflows.errors import SessionLostError


def files_provider() -> Provider[Workspace]:
    """Lend the workspace a step brings along."""
    return Provider(FILES, _open)


@asynccontextmanager
async def _open(call: StepCall, workspace: Workspace | None) -> AsyncIterator[Workspace]:
    if workspace is None:
        raise SessionLostError(f"step {call.step!r} came without the files of its run")
    yield workspace
