"""What must happen once happens once, whatever the server orders."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.catalog import Catalog
from activities.drivers.http import HttpDriver
from activities.nodes.http.request import request
from activities.step import step_activity
from tests.support.eventually import eventually
from tests.support.pages import Site, running_site
from tests.support.pending import Operator, begun
from tests.support.robots import fleet
from tests.support.runs import failure
from tests.support.steps import Steps
from workers.server import ServerConfig
from workflows.compile import compile_plan
from workflows.document import Document
from workflows.ids import ORCHESTRATOR_QUEUE, capability_queue
from workflows.run import Run
from workflows.start import RunInput, RunResult

Paying = WorkflowHandle[Any, RunResult]
BEAT = timedelta(milliseconds=200)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as served:
        served.page("/slow", "paid", delay=60)
        yield served


@pytest.fixture
async def robot(client: Client, tmp_path: Path) -> AsyncIterator[None]:
    steps = Steps(tmp_path, heartbeat=BEAT)
    async with Worker(
        client,
        task_queue=capability_queue("http"),
        activities=[step_activity(request, HttpDriver().provider(), steps.workbench)],
        max_heartbeat_throttle_interval=BEAT,
        default_heartbeat_throttle_interval=BEAT,
    ):
        yield


@pytest.fixture
async def orchestrator(client: Client) -> AsyncIterator[None]:
    async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]):
        yield


async def pay(client: Client, url: str, effect: str = "once") -> Paying:
    """Start a run that posts something."""
    step = {"id": "pay", "do": "http.request", "with": {"url": url, "method": "POST", "body": "1"}, "effect": effect}
    document = Document.model_validate({"aether": 1, "name": "once", "on_failure": "fail", "steps": [step]})
    compiled = compile_plan(document, (await asyncio.to_thread(Catalog.discover)).specs())
    assert compiled.plan is not None, compiled.problems
    return await client.start_workflow(
        "once",
        RunInput(plan=compiled.plan, inputs={}, files={}),
        id=f"once/{uuid4().hex[:8]}",
        task_queue=ORCHESTRATOR_QUEUE,
        result_type=RunResult,
    )


async def pause_and_unpause(operator: Operator) -> None:
    await operator.pause()
    await operator.unpause()


async def pause_and_unpause_as_new(operator: Operator) -> None:
    await operator.pause()
    await operator.unpause(as_new=True)


async def pause_and_reset(operator: Operator) -> None:
    await operator.pause()
    await operator.reset()


async def reset(operator: Operator) -> None:
    await operator.reset()


@pytest.mark.usefixtures("robot", "orchestrator")
@pytest.mark.parametrize("order", [pause_and_unpause, pause_and_unpause_as_new, pause_and_reset, reset])
async def test_a_step_ordered_a_second_time_ends_in_doubt(
    client: Client, site: Site, order: Callable[[Operator], Awaitable[None]]
) -> None:
    run = await pay(client, site.url("/slow"))
    operator = Operator(client, run, await begun(run, "http.request"))
    await eventually(lambda: bool(site.posts()))

    await order(operator)
    error = await asyncio.wait_for(failure(run), 90)

    assert ("OutcomeUnknownError", "unknown-outcome", "pay") == (error.type, error.kind, error.step)
    assert ["1"] == site.posts()


@pytest.mark.usefixtures("robot", "orchestrator")
async def test_a_step_that_may_be_repeated_is_done_again_after_a_pause(client: Client, site: Site) -> None:
    run = await pay(client, site.url("/slow"), effect="idempotent")
    operator = Operator(client, run, await begun(run, "http.request"))
    await eventually(lambda: bool(site.posts()))

    await operator.pause()
    site.page("/slow", "paid")
    await operator.unpause()
    await asyncio.wait_for(run.result(), 90)

    assert ["1", "1"] == site.posts()


async def test_a_step_of_a_robot_that_is_told_to_stop_ends_in_doubt(
    robots_client: Client, server: ServerConfig, site: Site, tmp_path: Path, payloads: Path
) -> None:
    async with fleet(robots_client, server, tmp_path, payloads) as robots:
        first = await robots.add("first", grace="1s")
        run = await pay(robots_client, site.url("/slow"))
        await eventually(lambda: bool(site.posts()))
        await robots.add("second")

        first.terminate()
        error = await asyncio.wait_for(failure(run), 90)

    assert ("OutcomeUnknownError", "pay") == (error.type, error.step)
    assert "its robot was stopped in the middle of it" in error.message
    assert ["1"] == site.posts()


async def test_a_robot_that_is_told_to_stop_finishes_its_step(
    robots_client: Client, server: ServerConfig, site: Site, tmp_path: Path, payloads: Path
) -> None:
    site.page("/brief", "paid", delay=2)
    async with fleet(robots_client, server, tmp_path, payloads) as robots:
        process = await robots.add("only", grace="30s", capabilities=("http",))
        run = await pay(robots_client, site.url("/brief"))
        await eventually(lambda: bool(site.posts()))

        process.terminate()
        code = await process.wait()
        await asyncio.wait_for(run.result(), 90)

    assert 0 == code
    assert ["1"] == site.posts()
