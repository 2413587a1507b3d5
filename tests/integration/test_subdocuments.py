"""Documents that are called as runs of their own: parked, cancelled, left alone, killed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import CancelledError

from activities.secrets import Mask
from tests.integration.test_answers import NODES, fix
from tests.support.machine import document_of, plan_of
from tests.support.runs import Runs, progress, runs, waiting
from workers.answers import find_waiting, fix_run
from workers.notifying import Messenger
from workers.sweeping import Broom
from workflows.answers import EVENT_SIGNAL, EventMessage, FixRequest
from workflows.sweeper import Sweep

LONG = 40
WORK: dict[str, Any] = {"for_each": "${{ range(10) }}", "do": "test.read"}
GOES_ON = EventMessage(event="go", data=7)


@pytest.fixture(scope="module")
async def started(client: Client) -> AsyncIterator[Runs]:
    """An orchestrator and a robot."""
    async with runs(client, NODES) as ready:
        yield ready


def reading(broken: str | None) -> dict[str, Any]:
    """A document that may be broken."""
    read = {"id": "b", "do": "test.read", "with": {"n": 3, "broken": broken}, "retry": {"delays": []}}
    return document_of([read], name="reads", on_failure="park", outputs={"n": "${{ b.n }}"})


RECEIVES = document_of([{"id": "go", "receive": "go"}], name="receives", outputs={"n": "${{ go.data }}"})
CALLED = {"broken": reading("Amount"), "receives": RECEIVES}


async def beside_work(started: Runs, call: dict[str, Any], **fields: Any) -> WorkflowHandle[Any, Any]:
    """A run that calls a document, and has continued as new since."""
    branches = {"calls": [{"id": "called", **call}], "works": [WORK]}
    plan = plan_of([{"id": "p", "parallel": branches}], CALLED, outputs={"n": "${{ p.calls.called.n }}"}, **fields)
    run = await started.start(plan, long=LONG)
    async with asyncio.timeout(90):
        while (await run.describe()).run_id == run.first_execution_run_id:  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.05)
    return run


async def child_of(client: Client, run: WorkflowHandle[Any, Any]) -> WorkflowHandle[Any, Any]:
    """The run that a run waits for, which has begun."""
    waits = await waiting(run, "child")
    first = client.get_workflow_handle(run.id, run_id=run.first_execution_run_id)
    async for event in first.fetch_history_events(wait_new_event=True):
        if event.HasField("child_workflow_execution_started_event_attributes"):
            break
    return client.get_workflow_handle(waits.child or "")


async def status_of(run: WorkflowHandle[Any, Any]) -> WorkflowExecutionStatus | None:
    return (await run.describe()).status


async def cancelled(run: WorkflowHandle[Any, Any]) -> bool:
    """Wait for the end of a run; whether it was cancelled."""
    with pytest.raises(WorkflowFailureError) as ended:
        await asyncio.wait_for(run.result(), 90)
    return isinstance(ended.value.cause, CancelledError)


async def test_a_called_run_that_parks_is_found_and_mended_by_way_of_its_caller(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([{"id": "c", "call": "broken"}], CALLED, outputs={"n": "${{ c.n }}"}))
    child = await child_of(client, run)
    await waiting(child, "parked")

    shown = await progress(run)
    found = await find_waiting(client, run.id, "parked", place=None)
    mended = plan_of([{"call": "mended"}], {"mended": reading(None)}).children[0]
    request = FixRequest(number=found.waiting.number or 0, action="retry", by="ada", plan=mended)
    await fix_run(client, found.run, request)

    assert {"n": 3} == (await run.result()).outputs
    assert ("waiting", child.id, "b") == (shown.status, found.run, found.waiting.step)


@pytest.mark.parametrize("on", ["ElementNotFoundError", "robot", "any"])
async def test_what_the_caller_catches_the_called_run_fails_with_instead_of_parking(started: Runs, on: str) -> None:
    catch = [{"on": on, "do": [{"set": {"why": "${{ error.type }}"}}]}]
    plan = plan_of([{"try": [{"call": "broken"}], "catch": catch}], CALLED, outputs={"why": "${{ why }}"})

    result = await (await started.start(plan)).result()

    assert {"why": "ElementNotFoundError"} == result.outputs


async def test_a_caller_that_has_continued_as_new_hears_of_the_end_of_what_it_called(
    started: Runs, client: Client
) -> None:
    run = await beside_work(started, {"call": "receives"})

    await (await child_of(client, run)).signal(EVENT_SIGNAL, GOES_ON)

    assert {"n": 7} == (await run.result()).outputs
    assert 10 == sum(call.run == run.id for call in started.calls)


async def test_a_caller_that_is_cancelled_cancels_what_it_called(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([{"call": "receives"}], CALLED))
    child = await child_of(client, run)

    await run.cancel()

    assert (True, True) == (await cancelled(run), await cancelled(child))


async def test_a_caller_that_is_cancelled_after_it_continued_as_new_cancels_what_it_called(
    started: Runs, client: Client
) -> None:
    run = await beside_work(started, {"call": "receives"})
    child = await child_of(client, run)

    await run.cancel()

    assert (True, True) == (await cancelled(run), await cancelled(child))


async def test_what_was_called_and_left_alone_outlives_its_caller(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([{"id": "c", "call": "receives", "detach": True}], CALLED))

    await run.result()
    child = client.get_workflow_handle(f"{run.id}/c")
    before = await status_of(child)
    await child.signal(EVENT_SIGNAL, GOES_ON)
    outputs = await child.result()

    assert (WorkflowExecutionStatus.RUNNING, {"n": 7}) == (before, outputs["outputs"])


async def test_a_called_run_that_is_terminated_parks_its_caller_which_can_call_again(
    started: Runs, client: Client
) -> None:
    plan = plan_of([{"id": "c", "call": "receives"}], CALLED, on_failure="park", outputs={"n": "${{ c.n }}"})
    run = await started.start(plan)
    child = await child_of(client, run)
    await child.terminate()
    parked = await waiting(run, "parked")

    await fix(run, FixRequest(number=parked.number or 0, action="retry", by="ada"))
    await waiting(run, "child")
    async with asyncio.timeout(90):
        while await status_of(child) is not WorkflowExecutionStatus.RUNNING:  # noqa: ASYNC110 - called, not yet begun
            await asyncio.sleep(0.05)
    await child.signal(EVENT_SIGNAL, GOES_ON)

    assert {"n": 7} == (await run.result()).outputs
    assert "CallFailedError" == (parked.error and parked.error.type)


async def test_a_called_run_that_is_terminated_is_noticed_also_when_the_caller_has_continued_as_new(
    started: Runs, client: Client
) -> None:
    since = datetime.now(UTC) - timedelta(seconds=5)
    run = await beside_work(started, {"call": "receives"}, on_failure="park")
    child = await child_of(client, run)
    broom = Broom(client, Messenger(client, {}, timedelta(seconds=1), Mask(), str))

    await child.terminate(reason="by mistake")
    async with asyncio.timeout(90):
        while not (await client.count_workflows(f"WorkflowId = '{child.id}' AND ExecutionStatus = 'Terminated'")).count:  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.05)
    await broom.sweep(Sweep(since=since))
    parked = await waiting(run, "parked")
    await run.terminate()

    assert parked.error is not None
    assert "CallFailedError" == parked.error.type
    assert "by mistake" in parked.error.message
