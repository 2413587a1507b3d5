"""How a robot knows that the runs whose sessions it holds still count on it: Temporal acknowledges it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from temporalio import activity
from temporalio.api.workflowservice.v1 import RecordActivityTaskHeartbeatRequest
from temporalio.client import Client
from temporalio.service import RPCError

from activities.lease import Lease, now
from workflows.orders import HEARTBEAT


def patience() -> timedelta:
    """How long this activity's robot may act without word: less than the server waits before it gives work away."""
    return 4 * _silence() / 5


@contextmanager
def renewing(lease: Lease, ask: Callable[[], Awaitable[bool]]) -> Iterator[asyncio.Task[None]]:
    """Renew a lease with every answer that is yes; the task ends with the first no.

    What counts is when was asked, not when the answer came.
    """
    pace = _silence() / 5

    async def renew() -> None:
        while True:
            asked = now()
            with suppress(RPCError):
                if not await ask():
                    return
                lease.renew(since=asked, patience=patience())
            await asyncio.sleep(pace.total_seconds())

    task = asyncio.create_task(renew())
    try:
        yield task
    finally:
        task.cancel()


async def acknowledged(client: Client) -> bool:
    """Have Temporal confirm that this activity goes on; `activity.heartbeat` does not wait for an answer.

    Raises:
        RPCError: it does not answer, or knows nothing of the activity any more.
    """
    beat = RecordActivityTaskHeartbeatRequest(
        namespace=client.namespace, task_token=activity.info().task_token, identity=client.identity
    )
    await client.workflow_service.record_activity_task_heartbeat(beat, timeout=patience())
    return True


def _silence() -> timedelta:
    """After how long the server takes this robot for lost."""
    return activity.info().heartbeat_timeout or HEARTBEAT
