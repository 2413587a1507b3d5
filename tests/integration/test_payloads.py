from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.worker import Worker

from workflows.errors import BusinessError

BIG = "x" * 1_000_000


@workflow.defn
class Echo:
    @workflow.run
    async def run(self, text: str) -> str:
        return text


@workflow.defn
class Refuse:
    @workflow.run
    async def run(self) -> None:
        message = "the amount is negative"
        raise BusinessError(message)


async def test_a_large_payload_stays_out_of_the_history(client: Client, queue: str, payloads: Path) -> None:
    async with Worker(client, task_queue=queue, workflows=[Echo]):
        handle = await client.start_workflow(Echo.run, BIG, id=queue, task_queue=queue)
        result = await handle.result()

    history = await handle.fetch_history()
    stored = [path for path in (payloads / "default" / queue).rglob("*") if path.is_file()]
    assert BIG == result
    assert len(history.to_json()) < 10_000
    assert 0 < len(stored)


async def test_a_small_payload_makes_no_file(client: Client, queue: str, payloads: Path) -> None:
    async with Worker(client, task_queue=queue, workflows=[Echo]):
        await client.execute_workflow(Echo.run, "small", id=queue, task_queue=queue)

    assert not (payloads / "default" / queue).exists()


async def test_a_domain_error_fails_the_run_and_shows_no_stack(client: Client, queue: str) -> None:
    async with Worker(client, task_queue=queue, workflows=[Refuse]):
        handle = await client.start_workflow(Refuse.run, id=queue, task_queue=queue)
        with pytest.raises(WorkflowFailureError):
            await handle.result()

    last = (await handle.fetch_history()).events[-1].workflow_execution_failed_event_attributes.failure
    assert "the amount is negative" == last.message
    assert "BusinessError" == last.application_failure_info.type
    assert not last.stack_trace
