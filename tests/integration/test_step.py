"""Steps on a real server: what reaches it, and what it can stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs
from temporalio.client import ActivityFailureError, ActivityHandle, Client
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Worker

from activities.drivers.http import HttpDriver
from activities.nodes.http.request import request
from activities.step import not_installed, step_activity
from tests.support.eventually import eventually
from tests.support.quickest import quickest
from tests.support.steps import Steps
from tests.support.web import Received, Web, web
from workflows.call import ErrorValue, StepOutcome


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    async with web() as served:
        yield served


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    return Steps(tmp_path, HttpDriver().provider(), heartbeat=timedelta(milliseconds=200))


@asynccontextmanager
async def robot(client: Client, queue: str, steps: Steps) -> AsyncIterator[None]:
    provider = HttpDriver().provider()
    async with Worker(
        client,
        task_queue=queue,
        activities=[step_activity(request, provider, steps.workbench), not_installed],
        max_heartbeat_throttle_interval=timedelta(milliseconds=200),
        default_heartbeat_throttle_interval=timedelta(milliseconds=200),
    ):
        yield


async def begin(
    client: Client, queue: str, steps: Steps, params: dict[str, Any], node: str = "http.request", **facts: Any
) -> ActivityHandle[StepOutcome]:
    return await client.start_activity(
        node,
        args=[params, steps.call(request, params, **facts)],
        id=f"{queue}-{uuid4().hex[:6]}",
        task_queue=queue,
        result_type=StepOutcome,
        start_to_close_timeout=timedelta(seconds=60),
        heartbeat_timeout=timedelta(seconds=10),
        retry_policy=RetryPolicy(maximum_attempts=1),
    )


async def failure(handle: ActivityHandle[StepOutcome]) -> BaseException | None:
    with pytest.raises(ActivityFailureError) as caught:
        await handle.result()
    return caught.value.cause


async def test_a_step_gives_its_outcome(client: Client, queue: str, steps: Steps, site: Web) -> None:
    url = site.answer("/report", 200, b"bytes")

    async with robot(client, queue, steps):
        outcome = await (await begin(client, queue, steps, {"url": url, "save_as": "report.bin"})).result()

    assert isinstance(outcome.output, dict)
    assert "report.bin" == outcome.output["path"]
    assert [("report.bin", 5)] == [(path, entry.size) for path, entry in outcome.files.items() if entry]


async def test_an_error_arrives_as_the_run_needs_it(client: Client, queue: str, steps: Steps, site: Web) -> None:
    async with robot(client, queue, steps):
        cause = await failure(await begin(client, queue, steps, {"url": site.answer("/x", 404)}))

    assert isinstance(cause, ApplicationError)
    assert "RequestRefusedError" == cause.type
    assert cause.non_retryable
    error = ErrorValue.model_validate(cause.details[0])
    assert ("business", "it", False) == (error.kind, error.step, error.acted)


async def test_a_node_the_robot_lacks_is_named(client: Client, queue: str, steps: Steps) -> None:
    async with robot(client, queue, steps):
        cause = await failure(await begin(client, queue, steps, {}, "sap.login"))

    assert isinstance(cause, ApplicationError)
    error = ErrorValue.model_validate(cause.details[0])
    assert ("NodeNotInstalledError", "configuration", "it") == (error.type, error.kind, error.step)
    assert "this robot has no node 'sap.login'" in error.message


async def test_a_cancelled_step_stops_within_two_seconds(client: Client, queue: str, steps: Steps, site: Web) -> None:
    gone = asyncio.Event()

    async def stop() -> float:
        site.received.clear()
        handle = await begin(client, queue, steps, {"url": site.behave("/slow", hold)}, timeout=60.0)
        await eventually(lambda: bool(site.received))
        started = time.monotonic()
        await handle.cancel()
        assert isinstance(await failure(handle), CancelledError)
        return time.monotonic() - started

    async def hold(_request: Received, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            await asyncio.sleep(0.05)
            if writer.transport.is_closing():
                break
        gone.set()

    async with robot(client, queue, steps):
        seconds = await quickest(stop, within=2)

    assert seconds < 2
    await asyncio.wait_for(gone.wait(), 90)


async def test_a_step_on_a_robot_that_stops_says_so(client: Client, queue: str, steps: Steps, site: Web) -> None:
    async def hang(_request: Received, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    with capture_logs() as lines:
        async with robot(client, queue, steps):
            handle = await begin(client, queue, steps, {"url": site.behave("/slow", hang)}, timeout=60.0)
            await eventually(lambda: bool(site.received))
        cause = await failure(handle)

    assert isinstance(cause, ApplicationError)
    assert "WorkerShutdown" == cause.type
    assert [("cancelled", "worker_shutdown")] == [(line["outcome"], line["reason"]) for line in lines]
