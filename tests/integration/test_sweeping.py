"""Runs that somebody ends in Temporal's own UI: people are told once, and called runs do not go on for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio import activity, workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.worker import Worker
from temporalio.workflow import ParentClosePolicy
from typing_extensions import override

from activities.courier import Courier
from activities.secrets import Mask
from tests.support.eventually import eventually
from tests.support.pools import request_of
from workers.fixing import Fixer
from workers.notifying import Messenger
from workers.platform import platform
from workers.pooling import overview, start_pool
from workers.sweeping import Broom, start_sweeper
from workflows.fleet import REQUEST_SIGNAL
from workflows.ids import pool_workflow
from workflows.notice import Channel, Delivery, Notice
from workflows.sweeper import DELIBERATE, SWEEP_ACTIVITY, SWEEPER_ID, Sweep, Sweeper, SweeperState


@workflow.defn
class Waits:
    """A run that waits, and may have called others."""

    @workflow.run
    async def run(self, given: dict[str, Any]) -> None:
        for name, called in given.get("children", {}).items():
            await workflow.start_child_workflow(
                Waits.run,
                called,
                id=f"{workflow.info().workflow_id}/{name}",
                parent_close_policy=ParentClosePolicy.ABANDON,
            )
        await workflow.wait_condition(lambda: False)


class Ears(Courier):
    """People who listen."""

    def __init__(self) -> None:
        self.heard: list[Notice] = []

    @property
    @override
    def channel(self) -> Channel:
        return Channel("ears")

    @override
    async def deliver(self, delivery: Delivery) -> None:
        self.heard.append(delivery.notice)


@dataclass
class House:
    """Runs on a queue of their own, and what sweeps them."""

    client: Client
    queue: str
    ears: Ears
    broom: Broom
    state: Sweep

    async def start(self, **given: Any) -> WorkflowHandle[Any, Any]:
        name = f"{self.queue}/{datetime.now(UTC):%H%M%S%f}"
        return await self.client.start_workflow(Waits.run, given, id=name, task_queue=self.queue)

    async def called(self, run: WorkflowHandle[Any, Any], name: str) -> WorkflowHandle[Any, Any]:
        child = self.client.get_workflow_handle(f"{run.id}/{name}")
        await self.until(f"WorkflowId = '{child.id}' AND ExecutionStatus = 'Running'")
        return child

    async def until(self, query: str) -> None:
        """Wait until Temporal's lists know of an execution."""
        async with asyncio.timeout(90):
            while not (await self.client.count_workflows(query)).count:  # noqa: ASYNC110 - only the server can tell
                await asyncio.sleep(0.05)

    async def sweep(self) -> None:
        self.state = await self.broom.sweep(self.state)

    async def ended(self, run: WorkflowHandle[Any, Any]) -> None:
        await self.until(f"WorkflowId = '{run.id}' AND ExecutionStatus = 'Terminated'")
        await self.sweep()


@pytest.fixture
async def house(client: Client, queue: str) -> AsyncIterator[House]:
    ears = Ears()
    names = {"queue": f"{queue}-platform", "notifier": f"{queue}/notifier"}
    messenger = Messenger(client, {ears.channel: ears}, timedelta(seconds=1), Mask(), lambda _: None, **names)
    broom = Broom(client, messenger, queue=queue)
    async with platform(client, messenger, broom, Fixer(client), queue=messenger.queue), runs_of(client, queue):
        yield House(client, queue, ears, broom, Sweep(since=datetime.now(UTC)))


@asynccontextmanager
async def runs_of(client: Client, queue: str) -> AsyncIterator[None]:
    async with Worker(client, task_queue=queue, workflows=[Waits]):
        yield
        async for each in client.list_workflows(f"TaskQueue = '{queue}' AND ExecutionStatus = 'Running'"):
            await client.get_workflow_handle(each.id).terminate()


async def test_what_a_terminated_run_held_is_free(house: House) -> None:
    await start_pool(house.client, house.queue, queue=house.broom.messenger.queue)
    pool = house.client.get_workflow_handle(pool_workflow(house.queue))
    run = await house.start(environment=house.queue)
    first = run.first_execution_run_id
    await pool.signal(REQUEST_SIGNAL, request_of("a", run=run.id, first_run_id=first, kind="share"))
    held = len((await overview(house.client, house.queue)).leases)

    await run.terminate()
    await house.ended(run)
    found = await overview(house.client, house.queue)
    await pool.terminate()

    assert (1, ()) == (held, found.leases)


async def test_of_a_run_that_was_terminated_people_are_told_once(house: House) -> None:
    run = await house.start()
    await run.terminate(reason="looked stuck")
    await house.ended(run)
    await house.sweep()
    await eventually(lambda: bool(house.ears.heard))

    (heard,) = house.ears.heard
    assert ("ended_behind", run.id, "Waits", "Terminated") == (heard.kind, heard.run, heard.document, heard.error)
    assert "terminated it: looked stuck; none of its 'finally' steps ran" in heard.message


async def test_aethers_own_terminations_are_no_news(house: House) -> None:
    run = await house.start()
    await run.terminate(DELIBERATE, reason="ended by `aether terminate`")
    await house.ended(run)
    other = await house.start()
    await other.terminate()
    await house.ended(other)
    await eventually(lambda: bool(house.ears.heard))

    assert [other.id] == [heard.run for heard in house.ears.heard]


async def test_called_runs_are_cancelled_and_detached_ones_go_on(house: House) -> None:
    run = await house.start(children={"waited": {"caller": {"run": "x", "number": 1}}, "detached": {"caller": None}})
    waited, detached = await house.called(run, "waited"), await house.called(run, "detached")
    await run.terminate()
    await house.ended(run)
    await house.until(f"WorkflowId = '{waited.id}' AND ExecutionStatus = 'Canceled'")

    assert WorkflowExecutionStatus.RUNNING == (await detached.describe()).status


async def test_a_run_that_was_reset_is_reported_and_keeps_what_it_called(house: House) -> None:
    run = await house.start(children={"waited": {"caller": {"run": "x", "number": 1}}})
    waited = await house.called(run, "waited")
    events = (await run.fetch_history()).events
    first = next(each for each in events if each.HasField("workflow_task_completed_event_attributes"))
    await house.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=house.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=run.id),
            reason="again",
            workflow_task_finish_event_id=first.event_id,
            request_id="r",
        )
    )
    await house.ended(run)
    await eventually(lambda: bool(house.ears.heard))

    assert ["it was reset: again; a new execution repeats steps that may have had effects"] == [
        heard.message for heard in house.ears.heard
    ]
    assert WorkflowExecutionStatus.RUNNING == (await waited.describe()).status


async def test_a_run_whose_time_is_over_is_reported(house: House) -> None:
    run = await house.client.start_workflow(
        Waits.run, {}, id=f"{house.queue}/late", task_queue=house.queue, execution_timeout=timedelta(seconds=1)
    )
    await house.until(f"WorkflowId = '{run.id}' AND ExecutionStatus = 'TimedOut'")
    await house.sweep()
    await eventually(lambda: bool(house.ears.heard))

    assert ["TimedOut"] == [heard.error for heard in house.ears.heard]


async def test_the_sweeper_looks_again_and_again_and_goes_on_where_it_was(client: Client, queue: str) -> None:
    seen: list[Sweep] = []

    @activity.defn(name=SWEEP_ACTIVITY)
    async def look(sweep: Sweep) -> Sweep:
        seen.append(sweep)
        return Sweep(since=sweep.since, known=(*sweep.known, str(len(seen))))

    async with Worker(client, task_queue=queue, workflows=[Sweeper], activities=[look]):
        state = SweeperState(pause=timedelta(milliseconds=10), longest=20)
        sweeper = await client.start_workflow(Sweeper.run, state, id=f"{queue}/sweeper", task_queue=queue)
        await eventually(lambda: len(seen) >= 5)
        await client.get_workflow_handle(sweeper.id).terminate()

    assert seen[0].since is not None
    assert ("1", "2", "3", "4") == seen[4].known
    assert sweeper.result_run_id != (await client.get_workflow_handle(sweeper.id).describe()).run_id


async def test_there_is_one_sweeper(client: Client, queue: str) -> None:
    await start_sweeper(client, queue=queue)
    first = await client.get_workflow_handle(SWEEPER_ID).describe()
    await start_sweeper(client, queue=queue)
    second = await client.get_workflow_handle(SWEEPER_ID).describe()
    await client.get_workflow_handle(SWEEPER_ID).terminate()

    assert first.run_id == second.run_id
