"""Who serves a task queue, as the server knows it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType, WorkerStatus
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest, ListWorkersRequest
from temporalio.client import Client
from temporalio.service import RPCError

from workflows.errors import RobotError

_PATIENCE = timedelta(seconds=30)
_PAUSE = 0.05
_POLL = timedelta(seconds=90)
"""A poll is renewed once a minute: who has not asked for so long is gone."""
_JUST_NOW = timedelta(seconds=12)
_HEARTBEAT = timedelta(seconds=25)
"""Processes of ours report every few seconds: who is silent for so long is gone, whenever it polled."""


class NobodyServesError(RobotError):
    """A task queue that no process serves."""


async def pollers(client: Client, queue: str, kind: TaskQueueType.ValueType) -> list[str]:
    """List who serves a queue, by identity.

    A server tells of polls that processes have left behind for a while; their heartbeats tell who is really there.
    """
    found = await polls(client, queue, kind)
    patience = _HEARTBEAT if await keeps_reports(client) else _POLL
    beats = dict(zip(found, await asyncio.gather(*(_heartbeat(client, identity) for identity in found)), strict=True))
    now = datetime.now(UTC)
    return sorted(
        identity
        for identity, polled in found.items()
        if now - polled < _JUST_NOW or now - (beats[identity] or polled) < patience
    )


async def wait_for_poller(
    client: Client, queue: str, kind: TaskQueueType.ValueType, *, patience: timedelta = _PATIENCE
) -> None:
    """Wait until somebody begins to serve a queue.

    Raises:
        NobodyServesError: nobody does in time.
    """
    started = datetime.now(UTC)
    try:
        async with asyncio.timeout(patience.total_seconds()):
            while not await _polled_since(client, queue, kind, started):  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(_PAUSE)
    except TimeoutError as error:
        raise NobodyServesError(f"nobody serves {queue!r} after {patience.total_seconds():.0f} s") from error


async def polls(client: Client, queue: str, kind: TaskQueueType.ValueType) -> dict[str, datetime]:
    """When each identity last asked for work."""
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind)
    )
    return {poller.identity: poller.last_access_time.ToDatetime(tzinfo=UTC) for poller in answer.pollers}


async def keeps_reports(client: Client) -> bool:
    """Whether a server remembers what processes report of themselves."""
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    return described.namespace_info.capabilities.worker_heartbeats


async def _heartbeat(client: Client, identity: str) -> datetime | None:
    """When a process last reported that it runs; None where the server keeps no reports of it."""
    try:
        answer = await client.workflow_service.list_workers(
            ListWorkersRequest(namespace=client.namespace, query=f"WorkerIdentity = '{identity}'")
        )
    except RPCError:
        return None
    beats = [worker.worker_heartbeat for worker in answer.workers_info]
    running = [beat for beat in beats if beat.status == WorkerStatus.WORKER_STATUS_RUNNING]
    if beats and not running:
        return datetime.min.replace(tzinfo=UTC)
    return max((beat.heartbeat_time.ToDatetime(tzinfo=UTC) for beat in running), default=None)


async def _polled_since(client: Client, queue: str, kind: TaskQueueType.ValueType, since: datetime) -> bool:
    try:
        found = await polls(client, queue, kind)
    except RPCError:
        return False
    return any(polled > since for polled in found.values())
