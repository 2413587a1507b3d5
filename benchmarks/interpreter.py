"""What interpreting a document costs, against the same steps as a hand-written Temporal workflow.

Run `python -m benchmarks.interpreter`. Both sides use one server, one worker and one activity, in turns; the figures
to quote are the ratios.

- *time per activity*: a run of 200 activities, one after the other, from start to result.
- *workflow-task CPU per activity*: processor time of replaying that run's history.
- *pure steps per second*: a loop of 100,000 rounds with `if` and `set`, without a server.
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

from temporalio import activity, workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.common import RetryPolicy
from temporalio.worker import Replayer, Worker

from tests.support.machine import World, plan_of
from tests.support.server import temporal_server
from workers.plugin import AetherPlugin
from workflows.call import StepCall, StepOutcome
from workflows.ids import ORCHESTRATOR_QUEUE, capability_queue
from workflows.run import Run
from workflows.start import RunInput

ACTIVITIES = 200
ROUNDS = 5
REPLAYS = 10
LOOP = 100_000


@activity.defn(name="test.read")
async def step(params: dict[str, Any], _call: StepCall) -> StepOutcome:
    """Do nothing."""
    return StepOutcome(output=params)


@workflow.defn
class HandWritten:
    """The same steps without Aether."""

    @workflow.run
    async def run(self) -> int:
        """Call the activity again and again."""
        info = workflow.info()
        done = 0
        for number in range(ACTIVITIES):
            call = StepCall(
                run=info.workflow_id,
                document="bench",
                step="one",
                place=f"all[{number}].one",
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
                summary=f"all[{number}].one",
            )
            done += 1
        return done


DOCUMENT = plan_of(
    [{"id": "all", "for_each": f"${{{{ range({ACTIVITIES}) }}}}", "as": "n", "do": [
        {"id": "one", "do": "test.read", "with": {"n": "${{ n }}"}},
    ]}],
    outputs={"count": "${{ all.count }}"},
)  # fmt: skip
PURE = plan_of(
    [{"set": {"n": 0}}, {"for_each": f"${{{{ range({LOOP}) }}}}", "as": "i", "do": [
        {"if": "${{ i % 2 == 0 }}", "then": [{"set": {"n": "${{ n + i }}"}}]},
    ]}],
    outputs={"n": "${{ n }}"},
)  # fmt: skip


async def by_hand(client: Client) -> WorkflowHistory:
    """Run the hand-written workflow."""
    handle = await client.start_workflow(HandWritten.run, id=f"hand/{uuid4()}", task_queue=ORCHESTRATOR_QUEUE)
    await handle.result()
    return await handle.fetch_history()


async def by_document(client: Client) -> WorkflowHistory:
    """Run the document."""
    given = RunInput(plan=DOCUMENT, inputs={}, files={})
    handle = await client.start_workflow("bench", given, id=f"doc/{uuid4()}", task_queue=ORCHESTRATOR_QUEUE)
    await handle.result()
    return await handle.fetch_history()


async def timed(run: Callable[[Client], Awaitable[WorkflowHistory]], client: Client) -> tuple[float, WorkflowHistory]:
    """Milliseconds per activity, and the history."""
    began = time.perf_counter()
    history = await run(client)
    return (time.perf_counter() - began) * 1000 / ACTIVITIES, history


async def replayed(replayer: Replayer, history: WorkflowHistory) -> float:
    """Milliseconds of processor time per activity that replaying takes."""
    began = time.process_time()
    for _ in range(REPLAYS):
        await replayer.replay_workflow(history)
    return (time.process_time() - began) * 1000 / ACTIVITIES / REPLAYS


def pure_steps_per_second() -> float:
    """How many steps that need no robot the machine does in a second of processor time."""
    world = World(PURE)
    began = time.process_time()
    world.run()
    return (2 * LOOP + LOOP // 2) / (time.process_time() - began)


def row(name: str, ours: list[float], theirs: list[float]) -> str:
    """One line of the table: medians, and the ratio pair by pair."""
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    return f"{name:<40}{statistics.median(ours):>12.2f}{statistics.median(theirs):>14.2f}{ratio:>9.2f}"


async def main() -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory() as directory:
        async with temporal_server(Path(directory)) as server:
            plugin = AetherPlugin(payloads=Path(directory, "payloads"))
            client = await Client.connect(server.address, plugins=[plugin])
            replayer = Replayer(workflows=[Run, HandWritten], plugins=[plugin])
            times: dict[str, list[float]] = {"document": [], "by hand": []}
            work: dict[str, list[float]] = {"document": [], "by hand": []}
            async with (
                Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run, HandWritten]),
                Worker(client, task_queue=capability_queue("test"), activities=[step]),
            ):
                await by_hand(client)
                await by_document(client)
                for _ in range(ROUNDS):
                    for side, run in (("document", by_document), ("by hand", by_hand)):
                        taken, history = await timed(run, client)
                        times[side].append(taken)
                        work[side].append(await replayed(replayer, history))
    lines = [
        f"{'':<40}{'document':>12}{'by hand':>14}{'ratio':>9}",
        row("time per activity, ms", times["document"], times["by hand"]),
        row("workflow-task CPU per activity, ms", work["document"], work["by hand"]),
        f"{'pure steps per second':<40}{pure_steps_per_second():>12,.0f}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
