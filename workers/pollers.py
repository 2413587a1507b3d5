"""Who serves a task queue, as the server knows it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from workflows.errors import RobotError

_PATIENCE = timedelta(seconds=30)
_PAUSE = 0.05
_FRESH = timedelta(seconds=90)


class NobodyServesError(RobotError):
    """A task queue that no process serves."""


async def pollers(client: Client, queue: str, kind: TaskQueueType.ValueType, *, fresh: timedelta = _FRESH) -> list[str]:
    """List who has asked this queue for work lately, by identity; a poll is renewed once a minute."""
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(namespace=client.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind)
    )
    horizon = datetime.now(UTC) - fresh
    return sorted(
        {poller.identity for poller in answer.pollers if poller.last_access_time.ToDatetime(tzinfo=UTC) > horizon}
    )


async def wait_for_poller(
    client: Client, queue: str, kind: TaskQueueType.ValueType, *, patience: timedelta = _PATIENCE
) -> None:
    """Wait until somebody serves a queue.

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


async def _polled_since(client: Client, queue: str, kind: TaskQueueType.ValueType, since: datetime) -> bool:
    try:
        return bool(await pollers(client, queue, kind, fresh=datetime.now(UTC) - since))
    except RPCError:
        return False
