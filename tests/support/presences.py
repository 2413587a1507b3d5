"""Robots' processes without anything to do: they register, are present, take orders and say goodbye."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from tests.support.cards import card
from workers.attendance import Attendance
from workers.machine import Machine
from workflows.fleet import (
    POOL,
    ROBOT_SIGNAL,
    START_POOL_ACTIVITY,
    VIEW_QUERY,
    Busy,
    Order,
    RobotCard,
    RobotEntry,
    RobotView,
)
from workflows.ids import RobotId, pool_workflow, robot_queue, robot_workflow
from workflows.robot import Robot

SILENCE = timedelta(seconds=30)
"""So long these robots may be silent: longer than any test takes."""

BRIEF = timedelta(seconds=2)
"""So long may be those that are to pass for lost."""

DESK = Machine(host="desk", key="desk/1", pid=42, started=1000.0, platform="linux", cpus=4, memory=2**30)


@workflow.defn(name=POOL)
class Ledger:
    """Writes down what a pool is told."""

    def __init__(self) -> None:
        self.entries: list[RobotEntry] = []

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.signal(name=ROBOT_SIGNAL)
    def robot(self, entry: RobotEntry) -> None:
        """A robot has changed."""
        self.entries.append(entry)

    @workflow.query
    def told(self) -> list[RobotEntry]:
        """All of it."""
        return self.entries


@dataclass
class Village:
    """A place where robots are known, with a pool of their own."""

    client: Client
    queue: str
    environment: str
    name: str = field(default_factory=lambda: f"r-{uuid4().hex[:8]}")
    silence: timedelta = SILENCE
    """How long its processes may be silent."""
    orders: list[Order] = field(default_factory=list)
    """What its processes were told to do."""

    @property
    def robot(self) -> WorkflowHandle[Any, Any]:
        """The workflow of the robot."""
        return self.client.get_workflow_handle(robot_workflow(RobotId(self.name)))

    @property
    def pool(self) -> WorkflowHandle[Any, Any]:
        """The workflow of the pool."""
        return self.client.get_workflow_handle(pool_workflow(self.environment))

    @activity.defn(name=START_POOL_ACTIVITY)
    async def start_pool(self, environment: str) -> None:
        """Have a pool."""
        await self.client.start_workflow(Ledger.run, id=pool_workflow(environment), task_queue=self.queue)

    async def view(self) -> RobotView:
        """What people see of the robot."""
        view: RobotView = await self.robot.query(VIEW_QUERY, result_type=RobotView)
        return view

    async def seen(self, condition: Callable[[RobotView], bool]) -> RobotView:
        """Wait until people see something of the robot."""
        async with asyncio.timeout(90):
            while not condition(view := await self.view()):  # noqa: ASYNC110 - only the server can tell
                await asyncio.sleep(0.05)
        return view

    async def told(self, count: int) -> list[RobotEntry]:
        """Wait until the pool was told so many things."""
        async with asyncio.timeout(90):
            while len(entries := await self.pool.query("told", result_type=list[RobotEntry])) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        return list(entries)

    def attendance(self, incarnation: str = "one", *, machine: Machine = DESK, **facts: Any) -> Attendance:
        """A process that has not registered."""
        about = {"environment": self.environment, "machine": machine.key, "host": machine.host, **facts}
        own: RobotCard = card(self.name, incarnation, **about)
        return Attendance(
            self.client,
            own,
            machine,
            self.orders.append,
            lambda: Busy(cpu=0.5, memory=0.25),
            silence=self.silence,
            queue=self.queue,
        )

    async def goodbye(self, process: Attendance) -> None:
        """Have a process say goodbye, and wait until nobody asks for it any more."""
        await process.leave()
        async with asyncio.timeout(90):
            while (await self.robot.describe()).raw_description.pending_activities:  # noqa: ASYNC110 - the server's
                await asyncio.sleep(0.05)

    @asynccontextmanager
    async def present(self, incarnation: str = "one", **facts: Any) -> AsyncIterator[Attendance]:
        """A process that is here, and is not any more after the block: it vanishes, unless it leaves."""
        process = self.attendance(incarnation, **facts)
        await process.register()
        async with self.serving(process):
            yield process

    @asynccontextmanager
    async def serving(self, process: Attendance) -> AsyncIterator[None]:
        """Serve the queue of a robot."""
        worker = Worker(
            self.client,
            task_queue=robot_queue(RobotId(self.name)),
            activities=[process.attend, process.take_order],
            max_heartbeat_throttle_interval=timedelta(milliseconds=200),
            default_heartbeat_throttle_interval=timedelta(milliseconds=200),
        )
        async with worker:
            yield


@asynccontextmanager
async def village(client: Client, queue: str) -> AsyncIterator[Village]:
    """A place with a pool of its own."""
    environment = f"e-{uuid4().hex[:8]}"
    place = Village(client, queue, environment)
    async with Worker(client, task_queue=queue, workflows=[Robot, Ledger], activities=[place.start_pool]):
        await place.start_pool(environment)
        yield place
        await place.pool.terminate()
