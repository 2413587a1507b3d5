"""Robots without browsers, in the process that measures: they register, are present and are placed on as always."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import PollerBehaviorSimpleMaximum, Worker

from tests.support.machine import SPECS
from workers.attendance import Attendance
from workers.machine import this_machine
from workflows.call import SessionGrant, SessionRequest, StepCall, StepOutcome
from workflows.fleet import Busy, Order, RobotCard
from workflows.ids import SESSION_ACTIVITY, RobotId, robot_queue

STEP = 0.05
"""Seconds a step takes, unless it says otherwise."""
NODES = {name: spec.digest for name, spec in SPECS.items()}


@dataclass
class Fleet:
    """Robots without browsers, in this process: what they are placed on for is made up, all else is real."""

    client: Client
    environment: str
    did: Counter[str] = field(default_factory=Counter)
    """How many sessions each robot had."""
    served: list[str] = field(default_factory=list)
    """The tenants in the order in which they got sessions; known by the names of their documents."""
    attendances: dict[str, Attendance] = field(default_factory=dict)

    @asynccontextmanager
    async def robot(self, name: str, *, slots: int) -> AsyncIterator[None]:
        """One more robot, for as long as the block lasts."""
        machine = this_machine()
        card = RobotCard(
            robot=name,
            incarnation=uuid4().hex,
            environment=self.environment,
            host=machine.host,
            machine=machine.key,
            pid=machine.pid,
            started=machine.started,
            platform=machine.platform,
            python="",
            aether="",
            cpus=machine.cpus,
            memory=machine.memory,
            capabilities=("browser",),
            slots=slots,
            nodes=NODES,
        )
        attendance = Attendance(self.client, card, machine, _obeyed, lambda: Busy(cpu=0, memory=0))
        await attendance.register()
        self.attendances[name] = attendance
        worker = Worker(
            self.client,
            task_queue=robot_queue(RobotId(name)),
            activities=[attendance.attend, attendance.take_order, self._holding(name), *map(_step, SPECS)],
            activity_task_poller_behavior=PollerBehaviorSimpleMaximum(2),
            identity=name,
        )
        async with worker:
            yield
            await attendance.leave()

    def _holding(self, name: str) -> Callable[..., Awaitable[None]]:
        @activity.defn(name=SESSION_ACTIVITY)
        async def hold(request: SessionRequest) -> None:
            grant = SessionGrant(id=request.session, robot=name, capability=request.capability, lease=request.lease)
            self.did[name] += 1
            self.served.append(request.run.partition("/")[0])
            run = self.client.get_workflow_handle(request.run, run_id=request.run_id)
            await run.signal("session_opened", grant)
            while True:
                activity.heartbeat()
                await asyncio.sleep(1)

        return hold


def _obeyed(_order: Order) -> None:
    """Robots of a benchmark serve."""


def _step(name: str) -> Callable[..., Any]:
    @activity.defn(name=name)
    async def step(params: dict[str, Any], _call: StepCall) -> StepOutcome:
        await asyncio.sleep(params.get("seconds", STEP))
        return StepOutcome(output={})

    return step


@asynccontextmanager
async def fleet(client: Client, robots: int, *, slots: int) -> AsyncIterator[Fleet]:
    """So many robots in an environment of their own."""
    kept = Fleet(client, f"bench-{uuid4().hex[:6]}")
    async with AsyncExitStack() as present:
        for number in range(robots):
            await present.enter_async_context(kept.robot(f"{kept.environment}-{number}", slots=slots))
        yield kept
