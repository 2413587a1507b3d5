"""Things that happen at one moment: a run is told of them in one activation, in either order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import Worker

from tests.support.machine import plan_of
from tests.support.platforms import serving
from tests.support.runs import Keeper, NodeFunction, Runs, robot, until_cancelled
from workflows.call import ErrorValue, StepCall
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.progress import PROGRESS_QUERY, RunProgress
from workflows.run import Run

COMPLETED = EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED
SCHEDULED = EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
FAILED = EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED
SIGNALED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
CANCEL = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED


class Gate:
    """A node that ends when it is told to."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def __call__(self, _params: dict[str, Any], _call: StepCall) -> Any:
        self.reached.set()
        await self.opened.wait()
        return {}


@asynccontextmanager
async def orchestrator(client: Client) -> AsyncIterator[None]:
    """An orchestrator that forgets every run after each of its activations, and so replays them all."""
    async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run], max_cached_workflows=0):
        yield


async def happened(handle: WorkflowHandle[Any, Any], kind: Any, *, signal: str = "") -> None:
    async with asyncio.timeout(90):
        async for event in handle.fetch_history_events(wait_new_event=True):
            if event.event_type == kind and event.workflow_execution_signaled_event_attributes.signal_name == signal:
                return


@asynccontextmanager
async def place(client: Client, node: NodeFunction, keep: Keeper | None = None) -> AsyncIterator[Runs]:
    """An environment with its pool and a robot, and nobody yet who interprets runs."""
    runs = Runs(client, f"e-{uuid4().hex[:8]}")
    nodes = {"page.read": node}
    async with serving(client), robot(client, nodes, [], keep, environment=runs.environment):
        yield runs


async def at_one_moment(client: Client, steps: list[Any], *, cancel_first: bool) -> WorkflowHandle[Any, Any]:
    """Have the first step's answer and a cancellation wait for a run together; the run, ended."""
    gate = Gate()

    async def echo(params: dict[str, Any], _call: StepCall) -> Any:
        return params

    async def answer() -> None:
        gate.opened.set()
        await happened(handle, COMPLETED)

    async def cancel() -> None:
        await handle.cancel()
        await happened(handle, CANCEL)

    async with AsyncExitStack() as robots:
        await robots.enter_async_context(robot(client, {"test.read": gate, "test.pay": echo}, []))
        async with orchestrator(client):
            handle = await Runs(client).start(plan_of([{"id": "first", "do": "test.read"}, *steps]))
            await gate.reached.wait()
        for act in (cancel, answer) if cancel_first else (answer, cancel):
            await act()
        async with orchestrator(client):
            with pytest.raises(WorkflowFailureError) as caught:
                await asyncio.wait_for(handle.result(), 90)
            assert isinstance(caught.value.cause, CancelledError)
            progress = await handle.query(PROGRESS_QUERY, result_type=RunProgress)
    assert "done" == progress.steps[0].status
    return handle


@pytest.mark.parametrize("cancel_first", [True, False])
@pytest.mark.parametrize(
    "following", [{"do": "test.pay"}, {"wait": "1h"}, {"do": "page.click"}], ids=["call", "timer", "session"]
)
async def test_a_cancellation_that_comes_with_an_answer_stops_what_the_answer_began(
    client: Client, following: dict[str, Any], *, cancel_first: bool
) -> None:
    handle = await at_one_moment(client, [following], cancel_first=cancel_first)

    assert WorkflowExecutionStatus.CANCELED == (await handle.describe()).status


async def test_a_run_cancelled_before_its_first_moment_does_nothing(client: Client) -> None:
    calls: list[StepCall] = []

    async with robot(client, {"test.read": Gate()}, calls):
        handle = await Runs(client).start(plan_of([{"do": "test.read"}]))
        await handle.cancel()
        async with orchestrator(client):
            with pytest.raises(WorkflowFailureError) as caught:
                await asyncio.wait_for(handle.result(), 90)

    assert isinstance(caught.value.cause, CancelledError)
    assert [] == calls


async def test_a_session_granted_at_the_moment_of_a_cancellation_is_given_back(client: Client) -> None:
    async with place(client, Gate()) as runs:
        async with orchestrator(client):
            handle = await runs.start(plan_of([{"do": "page.read"}]))
            await happened(handle, SCHEDULED)
        await happened(handle, SIGNALED, signal="session_opened")
        await handle.cancel()
        async with orchestrator(client):
            with pytest.raises(WorkflowFailureError) as caught:
                await asyncio.wait_for(handle.result(), 90)

    assert isinstance(caught.value.cause, CancelledError)


async def test_a_session_that_ends_at_the_moment_its_step_fails_is_had_again(client: Client) -> None:
    gate, over = Gate(), asyncio.Event()

    async def lose(grant: Callable[[], Awaitable[None]]) -> None:
        await grant()
        if not over.is_set():
            await over.wait()
        else:
            await until_cancelled()

    async def read(params: dict[str, Any], call: StepCall) -> Any:
        if call.attempt == 1:
            await gate(params, call)
            error = ErrorValue(type="SessionLostError", kind="robot", message="no such session")
            raise ApplicationError(error.message, error.model_dump(mode="json"), type=error.type, non_retryable=True)
        return {}

    async with place(client, read, lose) as runs:
        async with orchestrator(client):
            handle = await runs.start(plan_of([{"do": "page.read", "retry": {"delays": ["10ms"]}}]))
            await gate.reached.wait()
        gate.opened.set()
        await happened(handle, FAILED)
        over.set()
        await happened(handle, COMPLETED)
        async with orchestrator(client):
            await asyncio.wait_for(handle.result(), 90)
