"""Runs on a real server, with robots made of plain functions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from tests.support import platforms
from tests.support.machine import SPECS, plan_of
from tests.support.pools import entry_of
from workers.pooling import start_pool
from workflows.call import ErrorValue, SessionGrant, SessionRequest, StepCall, StepOutcome
from workflows.fleet import ROBOT_SIGNAL, RobotEntry
from workflows.ids import (
    DEFAULT_ENVIRONMENT,
    ORCHESTRATOR_QUEUE,
    SESSION_ACTIVITY,
    RobotId,
    capability_queue,
    pool_workflow,
    robot_queue,
)
from workflows.plan import Plan
from workflows.progress import PROGRESS_QUERY, RunProgress, Waiting, WaitKind
from workflows.run import Run
from workflows.start import RunInput, RunResult

DIGESTS = {name: spec.digest for name, spec in SPECS.items()}
"""The node types of tests, each with the digest of its schema."""

_BEAT = timedelta(seconds=1)
"""How often the server hears of them: seldom enough to cost nothing, often enough to bear a pause of the machine."""

NodeFunction = Callable[[dict[str, Any], StepCall], Awaitable[Any]]

Keeper = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]
"""Holds one session: it is handed the means to grant it."""


@dataclass
class Runs:
    """Starts runs and waits for them."""

    client: Client
    environment: str = DEFAULT_ENVIRONMENT
    calls: list[StepCall] = field(default_factory=list)

    async def start(
        self, plan: Plan, *, long: int | None = None, given: Mapping[str, Any] | None = None, **inputs: Any
    ) -> WorkflowHandle[Any, RunResult]:
        """Start a run of a plan, which continues as new after so many events."""
        facts = {"environment": self.environment, **(given or {})}
        return await self.client.start_workflow(
            plan.name,
            RunInput(plan=plan, inputs=inputs, files={}, long=long, **facts),
            id=f"{plan.name}/{uuid4().hex[:8]}",
            task_queue=ORCHESTRATOR_QUEUE,
            result_type=RunResult,
        )

    async def outputs(self, steps: list[Any], outputs: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """Run these steps to their success."""
        handle = await self.start(plan_of(steps, outputs=outputs, **fields))
        return (await handle.result()).outputs


async def failure(handle: WorkflowHandle[Any, Any]) -> ErrorValue:
    """The error a run ends with."""
    try:
        await handle.result()
    except WorkflowFailureError as error:
        cause = error.cause
        assert isinstance(cause, ApplicationError), cause
        return ErrorValue.model_validate(cause.details[0])
    raise AssertionError("the run succeeded")


@asynccontextmanager
async def runs(
    client: Client,
    nodes: Mapping[str, NodeFunction],
    keep: Keeper | None = None,
    workflow: type[Run] = Run,
    *,
    platform: bool = True,
) -> AsyncIterator[Runs]:
    """An environment with one robot that offers these nodes and sessions, and the platform, unless left out."""
    kept = Runs(client, f"e-{uuid4().hex[:8]}")
    async with (
        Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[workflow]),
        platforms.serving(client) if platform else nullcontext(),
        robot(client, nodes, kept.calls, keep, environment=kept.environment),
    ):
        yield kept


async def progress(run: WorkflowHandle[Any, Any]) -> RunProgress:
    """What a run says of itself."""
    told: RunProgress | None = await run.query(PROGRESS_QUERY, result_type=RunProgress)
    assert told is not None
    return told


async def waiting(run: WorkflowHandle[Any, Any], kind: WaitKind, *, seconds: float = 90) -> Waiting:
    """Wait until a run waits for something, and say for what."""
    async with asyncio.timeout(seconds):
        while True:
            found = next((each for each in (await progress(run)).waits if each.kind == kind), None)
            if found is not None:
                return found
            await asyncio.sleep(0.05)


@asynccontextmanager
async def robot(
    client: Client,
    nodes: Mapping[str, NodeFunction],
    calls: list[StepCall],
    keep: Keeper | None = None,
    *,
    environment: str = DEFAULT_ENVIRONMENT,
) -> AsyncIterator[None]:
    """One robot that offers these nodes and sessions, and keeps a list of what it is asked to do."""
    name = RobotId(f"r-{uuid4().hex[:6]}")

    @activity.defn(name=SESSION_ACTIVITY)
    async def hold(request: SessionRequest) -> None:
        async def grant() -> None:
            granted = SessionGrant(id=request.session, robot=name, capability=request.capability, lease=request.lease)
            await activity.client().get_workflow_handle(request.run).signal("session_opened", granted)

        await (keep or _always)(grant)

    activities = [*(_activity(node, function, calls) for node, function in nodes.items()), hold]
    queues = [capability_queue("test", environment=environment), robot_queue(name)] if nodes else []
    async with AsyncExitStack() as stack:
        for queue in queues:
            worker = Worker(
                client,
                task_queue=queue,
                activities=activities,
                max_heartbeat_throttle_interval=_BEAT,
                default_heartbeat_throttle_interval=_BEAT,
            )
            await stack.enter_async_context(worker)
        await stack.enter_async_context(joined(client, name, environment=environment))
        yield


@asynccontextmanager
async def joined(client: Client, robot: RobotId, **card: Any) -> AsyncIterator[RobotEntry]:
    """Have the pool of an environment know a robot, until it says goodbye."""
    entry = entry_of(robot, capabilities=("browser", "test"), slots=50, nodes=DIGESTS, **card)
    await start_pool(client, entry.card.environment)
    pool = client.get_workflow_handle(pool_workflow(entry.card.environment))
    await pool.signal(ROBOT_SIGNAL, entry)
    try:
        yield entry
    finally:
        await pool.signal(ROBOT_SIGNAL, entry.model_copy(update={"presence": "offline"}))


async def _always(grant: Callable[[], Awaitable[None]]) -> None:
    await grant()
    await until_cancelled()


async def until_cancelled() -> None:
    """Be alive until there is no more use for it."""
    while True:
        activity.heartbeat()
        await asyncio.sleep(0.2)


def _activity(name: str, function: NodeFunction, calls: list[StepCall]) -> Callable[..., Any]:
    async def call(params: dict[str, Any], step: StepCall) -> StepOutcome:
        calls.append(step)
        return StepOutcome(output=await function(params, step))

    return activity.defn(name=name)(call)
