"""Checks of a Temporal server: whether it is what runs need, and who works there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeNamespaceResponse,
    DescribeTaskQueueRequest,
    GetClusterInfoRequest,
    PollActivityTaskQueueRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError

from workers.pollers import pollers
from workers.robots import Robot, find_robots
from workers.server import indexed, standard
from workflows.duration import format_duration
from workflows.ids import ORCHESTRATOR_QUEUE

CAPABILITIES = ("browser", "files", "http")
_GONE = ("lost", "offline")
_OLDEST = (1, 28)
_MOST_SKEW = timedelta(seconds=5)
_PAUSE = 0.05
_PATIENCE = 10.0
_FEATURES = {
    "async_update": ("updates of runs", "frontend.enableUpdateWorkflowExecutionAsyncAccepted"),
    "worker_heartbeats": ("a view of robots", "frontend.WorkerHeartbeatsEnabled"),
    "worker_commands": ("cancellation without delay", "frontend.WorkerCommandsEnabled"),
}
"""What dynamic configuration turns on, as far as the server tells; what it is for, and its key."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    detail: str
    """What was found."""
    _: KW_ONLY
    ok: bool = True
    remedy: str = ""
    """What to do; empty when nothing is wrong."""
    stops_runs: bool = True
    """Whether runs cannot go on as long as it is wrong."""


async def check_temporal(client: Client) -> AsyncIterator[Check]:
    """Check a server that answers."""
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    yield await _version(client)
    yield _namespace(described)
    yield await _search_attributes(client)
    yield _features(described)
    yield await _clock(client)
    yield await _orchestrator(client)
    robots = [robot for robot in await find_robots(client) if robot.status not in _GONE]
    for capability in CAPABILITIES:
        yield _robots(robots, capability)


async def _version(client: Client) -> Check:
    cluster = await client.workflow_service.get_cluster_info(GetClusterInfoRequest())
    version = cluster.server_version
    detail = f"{version} at {client.service_client.config.target_host}"
    with suppress(ValueError):
        if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST:
            oldest = ".".join(map(str, _OLDEST))
            return Check("temporal", detail, ok=False, remedy=f"upgrade the server to {oldest} or newer")
    return Check("temporal", detail)


def _namespace(described: DescribeNamespaceResponse) -> Check:
    retention = described.config.workflow_execution_retention_ttl.ToTimedelta()
    name = described.namespace_info.name
    detail = f"{name}, which keeps runs that have ended for {format_duration(retention)}"
    if retention >= timedelta(days=1):
        return Check("namespace", detail)
    remedy = f"temporal operator namespace update -n {name} --retention 30d"
    return Check("namespace", detail, ok=False, remedy=remedy, stops_runs=False)


async def _search_attributes(client: Client) -> Check:
    wanted = (await asyncio.to_thread(standard)).search_attributes
    try:
        listed = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
    except RPCError as error:
        return Check("search attributes", f"cannot be seen: {error.message}", stops_runs=False)
    found = listed.custom_attributes
    missing = [name for name in wanted if name not in found]
    wrong = [name for name, kind in wanted.items() if name in found and found[name] != indexed(kind)]
    if missing:
        flags = " ".join(f"--name {name} --type {wanted[name]}" for name in missing)
        remedy = f"temporal operator search-attribute create -n {client.namespace} {flags}"
        return Check("search attributes", f"missing: {', '.join(missing)}", ok=False, remedy=remedy)
    if wrong:
        types = ", ".join(
            f"{name} is {IndexedValueType.Name(found[name]).removeprefix('INDEXED_VALUE_TYPE_')}" for name in wrong
        )
        return Check("search attributes", types, ok=False, remedy="remove them and create them with the right types")
    return Check("search attributes", f"all {len(wanted)} are there")


def _features(described: DescribeNamespaceResponse) -> Check:
    capabilities = described.namespace_info.capabilities
    lacking = {what: key for name, (what, key) in _FEATURES.items() if not getattr(capabilities, name)}
    if not lacking:
        return Check("dynamic config", "has what can be seen from outside")
    return Check(
        "dynamic config",
        f"lacks {', '.join(lacking)}",
        ok=False,
        remedy=f"set to true: {', '.join(lacking.values())}",
        stops_runs=False,
    )


async def _clock(client: Client) -> Check:
    """Compare clocks by what the server notes about a poll of ours, the one moment it tells."""
    queue = f"aether.doctor.{uuid4().hex}"
    before = datetime.now(UTC)
    poll = asyncio.create_task(_poll(client, queue))
    try:
        async with asyncio.timeout(_PATIENCE):
            noted = await _noted(client, queue)
    except TimeoutError:
        return Check("clock", "the server does not tell its time", stops_runs=False)
    finally:
        poll.cancel()
    after = datetime.now(UTC)
    skew = max(before - noted, noted - after, timedelta(0))
    detail = f"{skew.total_seconds():.1f} s from the server's"
    if skew <= _MOST_SKEW:
        return Check("clock", detail)
    return Check("clock", detail, ok=False, remedy="set this machine's clock by NTP", stops_runs=False)


async def _poll(client: Client, queue: str) -> None:
    with suppress(RPCError):
        await client.workflow_service.poll_activity_task_queue(
            PollActivityTaskQueueRequest(
                namespace=client.namespace, task_queue=TaskQueue(name=queue), identity="doctor"
            ),
            timeout=timedelta(seconds=_PATIENCE),
        )


async def _noted(client: Client, queue: str) -> datetime:
    while True:
        answer = await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace,
                task_queue=TaskQueue(name=queue),
                task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
            )
        )
        for poller in answer.pollers:
            return poller.last_access_time.ToDatetime(tzinfo=UTC)
        await asyncio.sleep(_PAUSE)


async def _orchestrator(client: Client) -> Check:
    found = await pollers(client, ORCHESTRATOR_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW)
    if found:
        return Check("orchestrator", ", ".join(found))
    return Check("orchestrator", "none is running", ok=False, remedy="start one with `aether dev`")


def _robots(robots: Sequence[Robot], capability: str) -> Check:
    name = f"robots for {capability}"
    found = [
        robot.id if robot.entry.takes_work else f"{robot.id} ({robot.status})"
        for robot in robots
        if capability in robot.entry.card.capabilities
    ]
    if found:
        return Check(name, ", ".join(found))
    remedy = "start one with `aether robot start` (or `aether dev`)"
    return Check(name, f"no robot offers {capability!r}", ok=False, remedy=remedy)
