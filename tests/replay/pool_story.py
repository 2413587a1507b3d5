"""What a pool goes through in its recorded history."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowContinuedAsNewError, WorkflowHandle

from tests.support.pools import entry_of, request_of
from workflows.fleet import (
    AUDIT_ACTIVITY,
    ENDED_SIGNAL,
    FORGET_UPDATE,
    LIMITS_UPDATE,
    REQUEST_SIGNAL,
    RETURNED_SIGNAL,
    ROBOT_SIGNAL,
    ForgetRequest,
    LeaseReturn,
    LimitRequest,
    RunEnded,
)
from workflows.ids import PLATFORM_QUEUE, pool_workflow
from workflows.pool import Pool
from workflows.poolsaved import PoolStart
from workflows.publishing import PREFIX, Published, Shelf

_MOMENT = 0.1


@activity.defn(name=AUDIT_ACTIVITY)
async def audit(_runs: list[RunEnded]) -> list[RunEnded]:
    """All runs are still there."""
    return []


async def pool(client: Client) -> WorkflowHandle[Any, Any]:
    """Robots, runs that are there and one that is not, everything that is told of them, and a continuation."""
    run = await client.start_workflow(Published.run, Shelf(), id=f"{PREFIX}waiting", task_queue=PLATFORM_QUEUE)
    start = PoolStart(audited=1.0, longest=150)
    handle = await client.start_workflow(Pool.run, start, id=pool_workflow("test"), task_queue=PLATFORM_QUEUE)
    first = client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    there = {"run": run.id, "first_run_id": run.first_execution_run_id}
    await _begin(handle, there)
    for number in range(100):
        await handle.signal(REQUEST_SIGNAL, request_of(f"{number}", **there, affinity="soft", tenant=f"t{number % 3}"))
        await asyncio.sleep(_MOMENT)
        await handle.signal(RETURNED_SIGNAL, LeaseReturn(id=f"{number - 1}"))
        if (await first.describe()).close_time is not None:
            break
    with suppress(WorkflowContinuedAsNewError):
        await first.result(follow_runs=False)
    return first


async def _begin(handle: WorkflowHandle[Any, Any], there: dict[str, Any]) -> None:
    await handle.execute_update(LIMITS_UPDATE, LimitRequest(name="sap", shares=1))
    for entry in (entry_of("r1", slots=2), entry_of("r2", "sap"), entry_of("r3", presence="lost")):
        await handle.signal(ROBOT_SIGNAL, entry)
    await handle.execute_update(FORGET_UPDATE, ForgetRequest(robot="r3"))
    for request in (
        request_of("a", **there, affinity="soft"),
        request_of("gone", limits={"sap": 3}),
        request_of("b", "sap", **there, tenant="ada", priority=20),
        request_of("c", "windows", **there),
        request_of("d", kind="share", limits={"sap": 2}, **there),
        request_of("e", kind="route", **there),
    ):
        await handle.signal(REQUEST_SIGNAL, request)
    await asyncio.sleep(20 * _MOMENT)
    await handle.signal(ROBOT_SIGNAL, entry_of("r1", slots=2, incarnation="r1/2", sessions=("a",)))
    await handle.signal(RETURNED_SIGNAL, LeaseReturn(id="b", lost=True))
    await handle.signal(ENDED_SIGNAL, RunEnded(run=there["run"]))
