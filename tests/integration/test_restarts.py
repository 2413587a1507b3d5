"""Runs that outlast those who interpret them, on a real server."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.client import Client, RPCError, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.worker import Worker

from tests.integration.test_answers import ME, NODES, fix, parking, steps, updates_in
from tests.support.machine import plan_of
from tests.support.runs import Runs, progress, robot, waiting
from workflows.answers import EVENT_SIGNAL, PAUSE_UPDATE, RESUME_UPDATE, EventMessage, FixRequest
from workflows.call import StepCall
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.run import Run


async def test_a_parked_run_stays_parked_while_no_orchestrator_is_up_and_goes_on_after(client: Client) -> None:
    calls: list[StepCall] = []
    async with robot(client, NODES, calls):
        async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]):
            run = await Runs(client).start(parking(steps("Amount")))
            parked = await waiting(run, "parked")
        async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]):
            await fix(run, FixRequest(number=parked.number or 0, action="retry", by="ada", plan=parking(steps())))
            await run.result()

    assert ["a", "b", "b", "c"] == [call.place for call in calls]


async def test_of_two_people_who_give_a_run_up_one_is_told_that_it_is_over(client: Client) -> None:
    calls: list[StepCall] = []
    async with robot(client, NODES, calls):
        async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]):
            run = await Runs(client).start(parking(steps("Amount")))
            parked = await waiting(run, "parked")
        request = FixRequest(number=parked.number or 0, action="abort", by="ada")
        both = [asyncio.create_task(fix(run, request)) for _ in range(2)]
        async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]):
            answers = await asyncio.gather(*both, return_exceptions=True)
            with pytest.raises(WorkflowFailureError):
                await asyncio.wait_for(run.result(), 90)

    assert 1 == sum(isinstance(answer, WorkflowUpdateFailedError | RPCError) for answer in answers)


async def test_a_run_pauses_between_steps_and_goes_on_after_a_restart_of_all_workers(client: Client) -> None:
    calls: list[StepCall] = []
    plan = plan_of(
        [{"id": "a", "do": "test.read"}, {"receive": "go"}, {"id": "c", "do": "test.read"}],
    )
    async with robot(client, NODES, calls):
        async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]):
            run = await Runs(client).start(plan)
            await waiting(run, "event")
            await run.execute_update(PAUSE_UPDATE, ME)
            with pytest.raises(WorkflowUpdateFailedError):
                await run.execute_update(PAUSE_UPDATE, ME)
            await run.signal(EVENT_SIGNAL, EventMessage(event="go"))
        async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]):
            assert "paused" == (await progress(run)).status
            await run.execute_update(RESUME_UPDATE, ME)
            await run.result()

    assert ["a", "c"] == [call.place for call in calls]
    assert 2 == await updates_in(run)


async def test_a_hundred_thousand_rounds_stay_right_over_many_executions_and_a_lost_orchestrator(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Run, "long", 60)
    calls: list[StepCall] = []
    body = [
        {"set": {"total": "${{ total + 1 }}"}},
        {"if": "${{ i % 1000 == 999 }}", "then": [{"do": "test.read", "with": {"i": "${{ i }}"}}]},
    ]
    plan = plan_of(
        [{"set": {"total": 0}}, {"id": "loop", "for_each": "${{ range(100000) }}", "as": "i", "do": body}],
        outputs={"total": "${{ total }}"},
    )
    async with robot(client, NODES, calls):
        async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]):
            run = await Runs(client).start(plan)
            async with asyncio.timeout(90):
                while len(calls) < 30:  # noqa: ASYNC110 - the robot is a plain function
                    await asyncio.sleep(0.05)
        async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]):
            result = await run.result()

    executions = [found async for found in client.list_workflows(f"WorkflowId = '{run.id}'")]
    assert {"total": 100_000} == result.outputs
    assert [999 + 1000 * each for each in range(100)] == [int(call.place[5:].split("]")[0]) for call in calls]
    assert len(executions) > 5
    assert all(execution.history_length < 500 for execution in executions)
