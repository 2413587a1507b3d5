"""A robot inside of the test's process, with a real browser, where journeys stay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.catalog import Catalog
from activities.drivers.desktop.host import DesktopHost
from activities.drivers.playwright.host import BrowserHost
from activities.drivers.playwright.hosting.lodging import Lodging
from activities.drivers.playwright.mark import Marks
from activities.sealing import Seal
from activities.secrets import Mask
from tests.support.journey import Journey, Luggage
from tests.support.steps import Steps
from workers.hosts import Browsers, Desktops, SessionHost
from workers.providers import browser_provider
from workers.sessions import SessionKeeper
from workflows.ids import RobotId, robot_queue

Travel = WorkflowHandle[Journey, Any]

_THROTTLE = timedelta(milliseconds=500)
_MOST = 10


@dataclass(frozen=True, slots=True)
class Inn:
    """A robot with few places."""

    client: Client
    name: str
    keeper: SessionKeeper
    host: BrowserHost

    async def ask(self, **luggage: Any) -> Travel:
        """Start a journey; it gets its session when there is a place."""
        return await self.client.start_workflow(
            Journey.run,
            Luggage(robot=self.name, **luggage),
            id=f"journey-{uuid4().hex[:8]}",
            task_queue=self.name,
        )

    async def arrive(self, **luggage: Any) -> Travel:
        """Start a journey and wait until it has its session."""
        run = await self.ask(**luggage)
        await run.execute_update(Journey.opened)
        return run


@asynccontextmanager
async def inn(  # noqa: PLR0913 - what differs between robots, all by keyword
    client: Client,
    directory: Path,
    *,
    linger: timedelta = timedelta(seconds=30),
    remote: Client | None = None,
    lodging: Lodging | None = None,
    desktops: DesktopHost | None = None,
) -> AsyncIterator[Inn]:
    """A robot for journeys only, with one place, or two where it has a predecessor's browser.

    It may have desktops, and a line to the server that is not that of its journeys.
    """
    line = remote or client
    name = f"inn-{uuid4().hex[:8]}"
    robot = RobotId(name)
    async with AsyncExitStack() as stack:
        host = await stack.enter_async_context(BrowserHost(lodging=lodging))
        bench = Steps(directory)
        marks = Marks(host, bench.store, Seal(bytes(32)))
        hosts: dict[str, SessionHost] = {"browser": Browsers(host, marks)}
        if desktops is not None:
            hosts["desktop"] = Desktops(await stack.enter_async_context(desktops))
        keeper = SessionKeeper(robot, line, hosts, Mask(), 2 if lodging else 1, linger)
        await keeper.recover()
        catalog = await asyncio.to_thread(Catalog.discover)
        steps = catalog.activities(browser_provider(host, marks), workbench=bench.workbench)
        await stack.enter_async_context(Worker(client, task_queue=name, workflows=[Journey]))
        worker = Worker(
            line,
            task_queue=robot_queue(robot),
            activities=[*steps, keeper.hold],
            max_concurrent_activities=_MOST,
            max_heartbeat_throttle_interval=_THROTTLE,
            default_heartbeat_throttle_interval=_THROTTLE,
        )
        await stack.enter_async_context(worker)
        yield Inn(client, name, keeper, host)
