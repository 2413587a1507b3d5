"""Pools from outside: starting them, asking them, and the activity that finds runs which ended without a word."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus, WorkflowUpdateFailedError
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from workflows.fleet import (
    AUDIT_ACTIVITY,
    EXPLAIN_QUERY,
    FORGET_UPDATE,
    OVERVIEW_QUERY,
    POOL,
    ROBOT,
    ROBOT_SIGNAL,
    START_POOL_ACTIVITY,
    VIEW_QUERY,
    Explanation,
    ForgetRequest,
    Overview,
    RobotView,
    RunEnded,
)
from workflows.ids import PLATFORM_QUEUE, pool_workflow
from workflows.pool import Pool
from workflows.poolsaved import PoolSaved, PoolStart
from workflows.robot import MEMO

_AT_A_TIME = 8
_ANSWER = timedelta(seconds=5)
_PREFIX = pool_workflow("")


@dataclass(frozen=True, slots=True)
class Auditor:
    """Looks after the pools of an installation."""

    client: Client

    @activity.defn(name=START_POOL_ACTIVITY)
    async def start_pool(self, environment: str) -> None:
        """See that the pool of an environment is there."""
        await start_pool(self.client, environment)

    @activity.defn(name=AUDIT_ACTIVITY)
    async def audit(self, runs: list[RunEnded]) -> list[RunEnded]:
        """Say which of these runs have ended."""
        turns = asyncio.Semaphore(_AT_A_TIME)

        async def look(run: RunEnded) -> bool:
            async with turns:
                return await self._over(run)

        over = await asyncio.gather(*(look(run) for run in runs))
        return [run for run, ended in zip(runs, over, strict=True) if ended]

    async def _over(self, run: RunEnded) -> bool:
        try:
            found = await self.client.get_workflow_handle(run.run).describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return True
        first = found.raw_description.workflow_execution_info.first_run_id
        return found.status is not WorkflowExecutionStatus.RUNNING or run.first_run_id not in {None, first}


async def start_pool(client: Client, environment: str, *, queue: str = PLATFORM_QUEUE) -> None:
    """See that the pool of an environment is there, and that a new one knows the environment's robots."""
    try:
        await client.start_workflow(
            Pool.run,
            PoolStart(pool=PoolSaved(environment=environment)),
            id=pool_workflow(environment),
            task_queue=queue,
            static_summary=f"the robots of {environment}, and who gets them",
            static_details=(
                "Runs ask it for sessions and for shares of what is scarce; robots tell it how they are. "
                "Its current details say who has what, and who waits for what."
            ),
        )
    except WorkflowAlreadyStartedError:
        return
    await _introduce_robots(client, environment)


async def forget_robot(client: Client, environment: str, robot: str, *, by: str) -> None:
    """Have the pool forget a robot that is gone for good; one that it does not know is forgotten already."""
    pool = client.get_workflow_handle(pool_workflow(environment))
    with suppress(WorkflowUpdateFailedError):
        await pool.execute_update(FORGET_UPDATE, ForgetRequest(robot=robot, by=by), rpc_timeout=_ANSWER)


async def overview(client: Client, environment: str, *, within: timedelta | None = None) -> Overview:
    """An environment's pool at a glance.

    Raises:
        RPCError: there is no such pool, or no process serves it.
    """
    found: Overview = await client.get_workflow_handle(pool_workflow(environment)).query(
        OVERVIEW_QUERY, result_type=Overview, rpc_timeout=within
    )
    return found


async def explanation(client: Client, environment: str, request: str) -> Explanation | None:
    """Why a request waits; None where it does not.

    Raises:
        RPCError: there is no such pool, or no process serves it.
    """
    found: Explanation | None = await client.get_workflow_handle(pool_workflow(environment)).query(
        EXPLAIN_QUERY,
        args=[request, time.time()],
        result_type=Explanation | None,  # type: ignore[arg-type]  # a union is no class, and no less a type
    )
    return found


async def environments(client: Client) -> Sequence[str]:
    """The environments that have a pool."""
    pools = client.list_workflows(f"WorkflowType = '{POOL}' AND ExecutionStatus = 'Running'")
    return sorted({pool.id.removeprefix(_PREFIX) async for pool in pools})


async def _introduce_robots(client: Client, environment: str) -> None:
    """Tell a new pool of robots that have come to its environment before: its predecessor may have been terminated."""
    robots = client.list_workflows(f"WorkflowType = '{ROBOT}' AND ExecutionStatus = 'Running'")
    names = [robot.id async for robot in robots if await _environment(robot) == environment]
    await asyncio.gather(*(_introduce(client, environment, name) for name in names))


async def _environment(robot: WorkflowExecution) -> str | None:
    memo = await robot.memo()
    return RobotView.model_validate(memo[MEMO]).entry.card.environment if MEMO in memo else None


async def _introduce(client: Client, environment: str, robot: str) -> None:
    with suppress(RPCError):  # it makes itself known within the hour
        view: RobotView | None = await client.get_workflow_handle(robot).query(
            VIEW_QUERY, result_type=RobotView, rpc_timeout=_ANSWER
        )
        if view is not None:
            await client.get_workflow_handle(pool_workflow(environment)).signal(ROBOT_SIGNAL, view.entry)
