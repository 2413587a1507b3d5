"""How many short runs get done in a time, against the hand-written equivalent.

Run `python -m benchmarks.throughput`. 500 runs of three activities are started at once, on one server with one worker
for each side's workflows and one for the activities; both sides in turns. The figure to quote is the ratio.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.worker import Worker

from benchmarks.interpreter import step
from tests.support.machine import plan_of
from tests.support.server import temporal_server
from workers.plugin import AetherPlugin
from workflows.call import StepCall, StepOutcome
from workflows.ids import ORCHESTRATOR_QUEUE, capability_queue
from workflows.run import Run
from workflows.start import RunInput

RUNS = 500
STEPS = 3
ROUNDS = 3
AT_ONCE = 50
"""Starts under way at the same time."""

DOCUMENT = plan_of(
    [{"id": f"s{number}", "do": "test.read", "with": {"n": number}} for number in range(STEPS)],
    outputs={"n": "${{ s0.n }}"},
)


@workflow.defn
class ShortByHand:
    """The same steps without Aether."""

    @workflow.run
    async def run(self) -> int:
        """Call the activity three times."""
        info = workflow.info()
        for number in range(STEPS):
            call = StepCall(
                run=info.workflow_id,
                document="bench",
                step=f"s{number}",
                place=f"s{number}",
                attempt=1,
                key=f"{info.run_id}/{number}",
                effect="read",  # type: ignore[arg-type] - as JSON has it
                timeout=30,
            )
            await workflow.execute_activity(
                "test.read",
                args=[{"n": number}, call],
                result_type=StepOutcome,
                task_queue=capability_queue("test"),
                start_to_close_timeout=timedelta(seconds=35),
                heartbeat_timeout=timedelta(seconds=10),
                retry_policy=RetryPolicy(maximum_attempts=1),
                summary=f"s{number}",
            )
        return STEPS


Start = Callable[[Client], Awaitable[WorkflowHandle[Any, Any]]]


async def by_hand(client: Client) -> WorkflowHandle[Any, Any]:
    """Start the hand-written workflow."""
    return await client.start_workflow(ShortByHand.run, id=f"hand/{uuid4()}", task_queue=ORCHESTRATOR_QUEUE)


async def by_document(client: Client) -> WorkflowHandle[Any, Any]:
    """Start a run of the document."""
    given = RunInput(plan=DOCUMENT, inputs={}, files={})
    return await client.start_workflow("bench", given, id=f"doc/{uuid4()}", task_queue=ORCHESTRATOR_QUEUE)


async def runs_per_second(start: Start, client: Client) -> float:
    """Start all runs, and wait for their ends."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with gate:
            handle = await start(client)
            await handle.result()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(RUNS)))
    return RUNS / (time.perf_counter() - began)


async def main() -> None:
    """Measure, and print a table."""
    figures: dict[str, list[float]] = {"document": [], "by hand": []}
    with tempfile.TemporaryDirectory() as directory:
        async with temporal_server(Path(directory)) as server:
            plugin = AetherPlugin(payloads=Path(directory, "payloads"))
            client = await Client.connect(server.address, plugins=[plugin])
            async with (
                Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run, ShortByHand]),
                Worker(client, task_queue=capability_queue("test"), activities=[step]),
            ):
                for _ in range(ROUNDS):
                    figures["document"].append(await runs_per_second(by_document, client))
                    figures["by hand"].append(await runs_per_second(by_hand, client))
    ratio = statistics.median(a / b for a, b in zip(figures["document"], figures["by hand"], strict=True))
    ours, theirs = (statistics.median(figures[side]) for side in ("document", "by hand"))
    sys.stdout.write(f"{'':<20}{'document':>12}{'by hand':>12}{'ratio':>9}\n")
    sys.stdout.write(f"{'runs per second':<20}{ours:>12.1f}{theirs:>12.1f}{ratio:>9.2f}\n")


if __name__ == "__main__":
    asyncio.run(main())
