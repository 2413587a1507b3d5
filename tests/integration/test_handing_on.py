"""Runs that continue as new while the world goes on talking to them, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import CancelledError

from tests.integration.test_answers import NODES, fix
from tests.support.machine import plan_of
from tests.support.runs import Runs, progress, runs, waiting
from workflows.answers import EVENT_SIGNAL, EventMessage, FixAnswer, FixRequest
from workflows.orders import LEAVING

LONG = 45
BROKEN: dict[str, Any] = {"id": "b", "do": "test.read", "with": {"broken": "Amount"}, "retry": {"delays": []}}
WORK: dict[str, Any] = {"for_each": "${{ range(12) }}", "do": "test.read"}


@pytest.fixture(scope="module")
async def started(client: Client) -> AsyncIterator[Runs]:
    """An orchestrator and a robot, and nobody who passes notices on: a parked run waits a little before it leaves."""
    async with runs(client, NODES, platform=False) as ready:
        yield ready


async def leaving(client: Client, run: WorkflowHandle[Any, Any]) -> None:
    """Wait until the first execution of a run has come to rest, and only waits for its notices to go out."""
    first = client.get_workflow_handle(run.id, run_id=run.first_execution_run_id)
    async for event in first.fetch_history_events(wait_new_event=True):
        if event.timer_started_event_attributes.start_to_fire_timeout.ToTimedelta() == LEAVING:
            return
    raise AssertionError("the run has ended or continued as new without a wait")


async def answer_leaving(client: Client, run: WorkflowHandle[Any, Any], request: FixRequest) -> FixAnswer:
    """Answer a parked step just before its run continues as new."""
    await leaving(client, run)
    return await fix(run, request)


async def test_no_event_and_no_answer_is_lost_between_two_executions(started: Runs) -> None:
    tick = {"id": "tick", "receive": "tick"}
    branches = {
        "bad": [BROKEN],
        "work": [WORK],
        "ticks": [{"set": {"go": True}}, {"while": "${{ go }}", "do": [tick, {"set": {"go": "${{ tick.data > 0 }}"}}]}],
    }
    run = await started.start(plan_of([{"parallel": branches}], on_failure="park", sla="10ms"), long=LONG)
    parked = await waiting(run, "parked")
    request = FixRequest(number=parked.number or 0, action="skip", by="ada")
    answered = asyncio.create_task(answer_leaving(started.client, run, request))

    sent = 0
    while (await run.describe()).run_id == run.first_execution_run_id:
        sent += 1
        await run.signal(EVENT_SIGNAL, EventMessage(event="tick", data=sent, id=f"{sent}"))
    for number in (sent, sent - 1, 0):
        await run.signal(EVENT_SIGNAL, EventMessage(event="tick", data=number, id=f"{number}"))
    await run.result()
    told = await progress(run)

    assert 0 == (await answered).revision
    assert [(parked.place, "skip")] == [(each.place, each.action) for each in told.decisions]
    assert [sent + 1] == [step.starts for step in told.steps if step.id == "tick"]


@pytest.mark.parametrize("tidies", [True, False])
async def test_a_cancellation_between_two_executions_is_heard_and_what_must_be_done_is_done(
    started: Runs, *, tidies: bool
) -> None:
    careful: list[Any] = [{"try": [BROKEN], "finally": [{"id": "tidy", "do": "test.read"}]}]
    branches: dict[str, Any] = {"bad": careful if tidies else [BROKEN], "wait": [{"wait": "1h"}], "work": [WORK]}
    run = await started.start(plan_of([{"parallel": branches}], on_failure="park"), long=LONG)

    await leaving(started.client, run)
    await run.cancel()
    with pytest.raises(WorkflowFailureError) as ended:
        await asyncio.wait_for(run.result(), 90)

    assert isinstance(ended.value.cause, CancelledError)
    assert tidies == (1 == sum(call.step == "tidy" for call in started.calls if call.run == run.id))
