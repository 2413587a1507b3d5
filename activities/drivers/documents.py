"""How a robot lends what documents are worked on with: the run's files, and processes of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from typing_extensions import override

from activities.drivers.apart.processes import Processes
from activities.node import Capability
from activities.provider import Provider
from activities.sessions.documents import DOCUMENTS, OCR, Workshop
from activities.sessions.files import Workspace
from workflows.call import StepCall
from workflows.errors import SessionLostError

P = ParamSpec("P")
T = TypeVar("T")

_MOST = 4
_MEMORY = 2 * 2**30
"""What opening one document may take, in bytes."""


@dataclass(frozen=True, slots=True)
class _LocalWorkshop(Workshop):
    workspace: Workspace
    processes: Processes

    @property
    @override
    def files(self) -> Workspace:
        return self.workspace

    @override
    async def do(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.processes.call(work, *args, **kwargs)


def documents_provider() -> Provider[Workshop]:
    """Lend up to one process per processor, and no more than four."""
    return _provider(DOCUMENTS, Processes(min(_MOST, os.cpu_count() or 1), memory=_MEMORY))


def ocr_provider() -> Provider[Workshop]:
    """Lend the one process that reads pictures: it knows how once it has loaded its models, and is large."""
    return _provider(OCR, Processes(1, memory=_MEMORY))


def _provider(capability: Capability[Workshop], processes: Processes) -> Provider[Workshop]:
    @asynccontextmanager
    async def lend(call: StepCall, workspace: Workspace | None) -> AsyncIterator[Workshop]:
        if workspace is None:
            raise SessionLostError(f"step {call.step!r} came without the files of its run")
        yield _LocalWorkshop(workspace, processes)

    return Provider(capability, lend)
