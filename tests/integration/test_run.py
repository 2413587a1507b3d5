"""The durable shell: the machine's commands carried out by a real server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError
from temporalio.exceptions import ApplicationError, CancelledError

from tests.support.machine import plan_of
from tests.support.runs import failure, runs
from workflows.call import ErrorValue, StepCall
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.progress import PROGRESS_QUERY, RunProgress


async def echo(params: dict[str, Any], _call: StepCall) -> Any:
    return params


async def test_a_document_runs_to_its_outputs(client: Client) -> None:
    steps = [
        {"id": "a", "do": "test.read", "with": {"n": 1}},
        {"id": "all", "for_each": "${{ range(3) }}", "as": "i", "do": "test.read", "with": {"n": "${{ i + a.n }}"}},
    ]

    async with runs(client, {"test.read": echo}) as started:
        outputs = await started.outputs(steps, {"ns": "${{ [r.n for r in all.results] }}"})

    assert {"ns": [1, 2, 3]} == outputs


async def test_a_step_is_told_its_place_and_a_key_of_its_own(client: Client) -> None:
    steps = [{"id": "all", "for_each": [1, 2], "do": [{"id": "one", "do": "test.write"}]}]

    async with runs(client, {"test.write": echo}) as started:
        await started.outputs(steps, {})

    assert ["all[0].one", "all[1].one"] == [call.place for call in started.calls]
    assert 2 == len({call.key for call in started.calls})


async def test_steps_of_a_session_go_to_the_robot_that_holds_it(client: Client) -> None:
    async with runs(client, {"page.read": echo, "page.click": echo}) as started:
        await started.outputs([{"do": "page.read"}, {"do": "page.click"}], {})

    grants = [call.session for call in started.calls]
    assert grants[0] is not None
    assert grants[0] == grants[1]


async def test_an_error_keeps_its_type_and_step(client: Client) -> None:
    async def refuse(_params: dict[str, Any], _call: StepCall) -> Any:
        error = ErrorValue(type="UnknownSupplierError", kind="business", message="no such supplier")
        raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)

    async with runs(client, {"test.read": refuse}) as started:
        error = await failure(await started.start(plan_of([{"id": "ask", "do": "test.read"}])))

    assert ("UnknownSupplierError", "business", "ask") == (error.type, error.kind, error.step)


async def test_an_error_of_megabytes_ends_the_run_all_the_same(client: Client) -> None:
    """Temporal takes two megabytes of a failure's message; more of it would fail the workflow task for ever."""
    grow = [{"set": {"text": "${{ text + text }}"}}] * 4
    steps = [{"set": {"text": "${{ '漢' * 65536 }}"}}, *grow, {"throw": {"type": "A" * 3000, "message": "${{ text }}"}}]

    async with runs(client, {}) as started:
        error = await asyncio.wait_for(failure(await started.start(plan_of(steps))), 90)

    assert ("A" * 3000, 1 << 20) == (error.type, len(error.message))


async def test_wrong_inputs_fail_the_run_and_name_them(client: Client) -> None:
    plan = plan_of([{"set": {"x": 1}}], inputs={"n": {"type": "integer"}})

    async with runs(client, {}) as started:
        error = await failure(await started.start(plan, n="three"))

    assert "InvalidInputError" == error.type
    assert "'n'" in error.message


async def test_a_run_started_without_a_plan_fails_and_says_how_to_start_one(client: Client) -> None:
    async with runs(client, {}):
        handle = await client.start_workflow("anything", {"no": "plan"}, id="junk", task_queue=ORCHESTRATOR_QUEUE)
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result()

    assert "aether run" in str(caught.value.cause)


async def test_a_cancelled_run_stops_its_step_cleans_up_and_is_canceled(client: Client) -> None:
    began, stopped = asyncio.Event(), asyncio.Event()

    async def hang(_params: dict[str, Any], _call: StepCall) -> Any:
        began.set()
        try:
            while True:
                activity.heartbeat()
                await asyncio.sleep(0.1)
        except asyncio.CancelledError:
            stopped.set()
            raise

    steps = [{"try": [{"do": "test.read"}], "finally": [{"id": "clean", "do": "test.write"}]}]
    async with runs(client, {"test.read": hang, "test.write": echo}) as started:
        handle = await started.start(plan_of(steps))
        await began.wait()
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as caught:
            await handle.result()

    assert stopped.is_set()
    assert isinstance(caught.value.cause, CancelledError)
    assert WorkflowExecutionStatus.CANCELED == (await handle.describe()).status
    assert "clean" == started.calls[-1].step


async def test_progress_tells_every_step(client: Client) -> None:
    steps = [{"id": "all", "for_each": [1, 2], "do": [{"id": "one", "do": "test.read", "with": {"target": "Pay"}}]}]

    async with runs(client, {"test.read": echo}) as started:
        handle = await started.start(plan_of(steps))
        await handle.result()
        progress = await handle.query(PROGRESS_QUERY, result_type=RunProgress)

    loop, one = progress.steps
    assert ("completed", "done", 2, 2) == (progress.status, loop.status, loop.rounds, loop.total)
    assert ("test.read", 1, 2, "Pay") == (one.kind, one.depth, one.starts, one.subject)
