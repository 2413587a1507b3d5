"""The platform and real runs: who parks is told of, and who was called is not left behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.worker import Worker

from activities.drivers.webhook import Webhook
from activities.secrets import Mask
from cli.checking import check
from tests.support.dividing import dividing_plan
from tests.support.eventually import eventually
from tests.support.machine import plan_of
from tests.support.runs import waiting
from tests.support.steps import KnownSecrets
from tests.support.web import Web, web
from workers.fixing import Fixer
from workers.incidents import find_incidents
from workers.notifying import Messenger
from workers.platform import platform
from workers.runs import start_run
from workers.sweeping import Broom
from workflows.answers import DECIDE_UPDATE, EVENT_SIGNAL, DecideRequest, EventMessage
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.run import Run
from workflows.sweeper import Sweep


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    async with web() as served:
        yield served


@pytest.fixture
async def broom(client: Client, queue: str, site: Web) -> AsyncIterator[Broom]:
    hook = Webhook(site.answer("/hook"), key=None, secrets=KnownSecrets(), mask=Mask())
    quiet = timedelta(seconds=1)
    link = "http://ui/{}".format
    messenger = Messenger(client, {hook.channel: hook}, quiet, Mask(), link, notifier=f"{queue}/notifier")
    broom = Broom(client, messenger)
    runs = Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run])
    async with runs, platform(client, messenger, broom, Fixer(client)):
        yield broom


def told(site: Web, document: str) -> list[dict[str, Any]]:
    messages = [json.loads(request.body)["data"] for request in site.received]
    return [message for message in messages if message["document"] == document]


@pytest.mark.usefixtures("broom")
async def test_of_a_run_that_parks_people_are_told_where_and_why(client: Client, queue: str, site: Web) -> None:
    run = await start_run(client, dividing_plan(queue), inputs={"n": 0}, files={}, source="")
    await eventually(lambda: bool(told(site, queue)))
    (message,) = told(site, queue)
    await listed(client, f"WorkflowId = '{run.run}' AND AetherStatus = 'Parked'")
    incidents = [each for each in await find_incidents(client) if each.cause.document == queue]
    await run.handle.terminate()

    assert ("parked", run.run, "divide", f"http://ui/{run.run}") == tuple(
        message[name] for name in ("kind", "run", "step", "link")
    )
    assert "division by zero" in message["message"]
    assert [message["incident"]] == [each.id for each in incidents]


@pytest.mark.usefixtures("broom")
async def test_of_a_question_people_are_told_once(client: Client, queue: str, site: Web) -> None:
    plan = plan_of([{"id": "ok", "approve": "Pay ${{ 12 }} EUR?"}], name=queue)
    run = await start_run(client, plan, inputs={}, files={}, source="")

    await eventually(lambda: bool(told(site, queue)))
    asked = await waiting(run.handle, "person")
    await run.handle.execute_update(DECIDE_UPDATE, DecideRequest(number=asked.number or 0, approved=True, by="ada"))
    await run.handle.result()

    (message,) = told(site, queue)
    assert ("approval", run.run, "ok", "Pay 12 EUR?") == tuple(
        message[name] for name in ("kind", "run", "step", "message")
    )


@pytest.mark.usefixtures("broom")
async def test_of_a_run_that_takes_too_long_people_are_told_before_it_ends(
    client: Client, queue: str, site: Web
) -> None:
    plan = plan_of([{"id": "go", "receive": "go"}], name=queue, sla="200ms")
    run = await start_run(client, plan, inputs={}, files={}, source="")

    await eventually(lambda: bool(told(site, queue)))
    await run.handle.signal(EVENT_SIGNAL, EventMessage(event="go"))
    await run.handle.result()

    assert ["sla"] == [message["kind"] for message in told(site, queue)]


WAITS = "aether: 1\nname: waits\nsteps: [{wait: 1h}]\n"
CALLS = """
aether: 1
name: {name}
steps:
  - {{id: left, call: waits.yaml, detach: true}}
  - {{id: waited, call: waits.yaml}}
"""


async def test_of_what_a_terminated_run_had_called_only_what_it_waited_for_is_cancelled(
    client: Client, queue: str, broom: Broom, tmp_path: Path
) -> None:
    since = datetime.now(UTC)
    (tmp_path / "waits.yaml").write_text(WAITS)
    (tmp_path / "calls.yaml").write_text(CALLS.format(name=queue))
    plan = (await asyncio.to_thread(check, str(tmp_path / "calls.yaml"))).plan
    assert plan is not None
    run = await start_run(client, plan, inputs={}, files={}, source="")
    left, waited = (client.get_workflow_handle(f"{run.run}/{step}") for step in ("left", "waited"))
    await listed(client, f"WorkflowId = '{waited.id}'")

    await run.handle.terminate(reason="by mistake")
    await listed(client, f"WorkflowId = '{run.run}' AND ExecutionStatus = 'Terminated'")
    await broom.sweep(Sweep(since=since))
    await listed(client, f"WorkflowId = '{waited.id}' AND ExecutionStatus = 'Canceled'")
    status = (await left.describe()).status
    await left.terminate()

    assert WorkflowExecutionStatus.RUNNING == status


async def listed(client: Client, query: str) -> None:
    """Wait until Temporal's lists have it."""
    async with asyncio.timeout(90):
        while not (await client.count_workflows(query)).count:  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.05)
