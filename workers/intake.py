"""The queues where a robot takes new work: served as long as it may take any, and again when it may again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn

import structlog
from temporalio.client import Client
from temporalio.worker import Worker

from workers.services import Service
from workers.watching import Underway

_LOOK = 1.0
_SOON = 0.05
"""Seconds until a queue is tried again that somebody is just leaving."""

log = structlog.get_logger()


@dataclass(eq=False)
class Intake:
    """Serves queues with workers that are made anew each time: one that has stopped never starts again.

    It takes nothing until the obstacle that it begins with, its robot's mode, is out of the way.
    """

    services: Sequence[Service]
    client: Client
    underway: Underway
    _obstacles: dict[str, str] = field(default_factory=lambda: {"mode": "not registered"})
    """Why no work is taken, by what is in the way."""
    _opening: asyncio.Task[None] | None = None
    """Begins to serve: from when nothing is in the way until something is."""
    _serving: dict[Worker, asyncio.Task[None]] = field(default_factory=dict)
    _stopping: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def queues(self) -> list[str]:
        """What is served."""
        return [service.queue for service in self.services]

    def hinder(self, what: str, why: str) -> None:
        """Take nothing new for a reason; without one, that is no obstacle any more."""
        if why == self._obstacles.get(what, ""):
            return
        self._obstacles[what] = why
        if not why:
            del self._obstacles[what]
        if self._obstacles and self._opening is not None:
            self._opening.cancel()
            self._opening = None
            self._stopping |= {asyncio.create_task(_stop(*each)) for each in self._serving.items()}
            self._serving = {}
            log.info("intake.closed", **self._obstacles)
        elif not self._obstacles and self._opening is None:
            self._opening = asyncio.create_task(self._open())

    async def failure(self) -> NoReturn:
        """Wait for a worker that cannot go on.

        Raises:
            Exception: why.
        """
        while True:
            await asyncio.sleep(_LOOK)
            self._stopping = self._still_stopping()
            if self._opening is not None and self._opening.done():
                self._opening.result()
            for serving in self._serving.values():
                if serving.done():
                    serving.result()

    async def finish(self, *, within: timedelta) -> None:
        """Take nothing more, let what was begun finish, and hand back what takes too long."""
        self.hinder("end", "the robot stops")
        if self._stopping:
            _, late = await asyncio.wait(self._stopping, timeout=within.total_seconds())
            if late:
                self.underway.hand_back(self.queues)
                await asyncio.wait(late)

    async def _open(self) -> None:
        for service in self.services:
            worker = await self._worker(service)
            self._serving[worker] = asyncio.create_task(worker.run())
        log.info("intake.opened")

    async def _worker(self, service: Service) -> Worker:
        """A worker for a queue; the client refuses a second one until the first has left."""
        while True:
            try:
                return service.worker(self.client, [self.underway])
            except RuntimeError:
                if not self._still_stopping():
                    raise
            await asyncio.sleep(_SOON)

    def _still_stopping(self) -> set[asyncio.Task[None]]:
        return {task for task in self._stopping if not task.done()}


async def _stop(worker: Worker, serving: asyncio.Task[None]) -> None:
    """Finish what was begun."""
    await worker.shutdown()
    with suppress(Exception):  # it was looked at while it served
        await serving
