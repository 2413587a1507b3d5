"""What the recorded robot goes through: two processes, what people want of it, a loss, and a new history."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowContinuedAsNewError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

from tests.support.cards import card
from workflows.fleet import (
    LEAVE_SIGNAL,
    MODE_UPDATE,
    ORDER_ACTIVITY,
    PRESENCE_ACTIVITY,
    REGISTER_UPDATE,
    REPORT_SIGNAL,
    START_POOL_ACTIVITY,
    TAGS_UPDATE,
    VIEW_QUERY,
    ModeRequest,
    Order,
    RobotCard,
    RobotReport,
    TagsRequest,
)
from workflows.ids import PLATFORM_QUEUE, RobotId, robot_queue, robot_workflow
from workflows.robot import Robot, RobotState, Stay

NAME = "recorded"


@activity.defn(name=PRESENCE_ACTIVITY)
async def attend(stay: Stay) -> None:
    """Be here; the second process vanishes, and the third stays to the end of its time."""
    if stay.incarnation == "three":
        return
    while stay.incarnation == "one":
        activity.heartbeat()
        await asyncio.sleep(0.1)
    await asyncio.sleep(10 * stay.lasting.total_seconds())


@activity.defn(name=ORDER_ACTIVITY)
async def take_order(_order: Order) -> None:
    """Do as told."""


@activity.defn(name=START_POOL_ACTIVITY)
async def start_pool(_environment: str) -> None:
    """There is none to be had."""


async def robot(client: Client) -> WorkflowHandle[Any, Any]:
    """A robot comes, is paused and tagged, fails, leaves; comes again, is lost; and comes for the third time."""
    handle = client.get_workflow_handle(robot_workflow(RobotId(NAME)))
    queue = robot_queue(RobotId(NAME))
    async with Worker(client, task_queue=queue, activities=[attend, take_order]):
        await _register(client, card(NAME, "one"))
        first = client.get_workflow_handle(handle.id, run_id=(await handle.describe()).run_id)
        await handle.execute_update(MODE_UPDATE, ModeRequest(mode="paused", by="ada", why="lunch"))
        await handle.execute_update(TAGS_UPDATE, TagsRequest(add=("gpu",), by="ada"))
        await handle.signal(REPORT_SIGNAL, RobotReport(incarnation="one", load="high", failing="the disk is full"))
        await handle.execute_update(MODE_UPDATE, ModeRequest(mode="draining", why="SIGTERM"))
        await handle.signal(LEAVE_SIGNAL, "one")
        await _register(client, card(NAME, "two", environment="elsewhere"))
        while "lost" not in str(await handle.query(VIEW_QUERY)):  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.1)
        await _register(client, card(NAME, "three", environment="elsewhere"))
        with suppress(WorkflowContinuedAsNewError):
            await first.result(follow_runs=False)
    await handle.terminate()
    return first


async def _register(client: Client, coming: RobotCard) -> None:
    lasting = timedelta(seconds=1)
    start = WithStartWorkflowOperation(
        Robot.run,
        RobotState(silence=lasting, renewal=lasting),
        id=robot_workflow(RobotId(NAME)),
        task_queue=PLATFORM_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    await client.execute_update_with_start_workflow(REGISTER_UPDATE, coming, start_workflow_operation=start)
