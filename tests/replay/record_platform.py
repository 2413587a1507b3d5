"""Record histories of the platform's own workflows: they live for as long as an installation, over all its builds.

Run `python -m tests.replay.record_platform` from the checkout after changing what one of them does. It only adds
files, as `tests.replay.record` does.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.client import Client, WorkflowContinuedAsNewError, WorkflowHandle
from temporalio.worker import Worker

from tests.replay.pool_story import audit, pool
from tests.replay.robot_story import robot, start_pool
from tests.support.machine import plan_of
from tests.support.notices import told
from tests.support.server import temporal_server
from workers.assignments import assign
from workers.platform import WORKFLOWS
from workers.plugin import AetherPlugin
from workflows.answers import FixRequest
from workflows.assignment import PREFIX as ASSIGNMENT_PREFIX
from workflows.assignment import Assignment
from workflows.fixing import FixIncident
from workflows.grouping import Grouped
from workflows.ids import PLATFORM_QUEUE
from workflows.incidents import (
    FIX_RUN_ACTIVITY,
    LIST_ACTIVITY,
    WATCH_RUN_ACTIVITY,
    Cause,
    Fixed,
    FixOrder,
    FixState,
    Judgement,
)
from workflows.notice import DELIVER_ACTIVITY, Channel, Delivery
from workflows.notifier import Notifier, NotifierState
from workflows.publishing import (
    PREFIX,
    PUBLISH_UPDATE,
    ROLLBACK_UPDATE,
    Published,
    PublishRequest,
    RollbackRequest,
    Shelf,
)
from workflows.sweeper import SWEEP_ACTIVITY, Sweep, Sweeper, SweeperState

_BEGUN = 4
"""Events of a workflow that has begun and waits."""

HISTORIES = Path(__file__).parent / "platform"

Handle = WorkflowHandle[Any, Any]

CAUSE = Cause(document="invoices", step="fill", error="ElementNotFoundError:3fa2b1c9")
ORDER = FixOrder(cause=CAUSE, request=FixRequest(number=0, action="retry", by="ada"), canary=2, window=2)


@activity.defn(name=DELIVER_ACTIVITY)
async def deliver(_delivery: Delivery, _channel: Channel) -> None:
    """Nobody is told."""


@activity.defn(name=SWEEP_ACTIVITY)
async def sweep(last: Sweep) -> Sweep:
    """Nothing has ended."""
    return last


@activity.defn(name=LIST_ACTIVITY)
async def list_parked(_cause: Cause) -> list[str]:
    """Seven runs."""
    return [f"invoices/{number}" for number in range(7)]


@activity.defn(name=FIX_RUN_ACTIVITY)
async def fix_run(run: str) -> Fixed:
    """One of them is gone, one refuses."""
    outcomes = {"invoices/3": Fixed(outcome="gone"), "invoices/4": Fixed(outcome="refused", reason="it differs")}
    return outcomes.get(run, Fixed(outcome="fixed"))


@activity.defn(name=WATCH_RUN_ACTIVITY)
async def watch_run(_run: str) -> Judgement:
    """All is well."""
    return Judgement(verdict="passed")


async def notifier(client: Client) -> Handle:
    """Three notices of two incidents."""
    quiet = timedelta(seconds=1)
    first = told("a", quiet=quiet)
    handle = await client.start_workflow(
        Notifier.run,
        NotifierState(grouped=Grouped()),
        id="aether/notifier",
        task_queue=PLATFORM_QUEUE,
        start_signal="told",
        start_signal_args=[first],
    )
    for each in (told("b", quiet=quiet), told("c", quiet=quiet, step="login")):
        await handle.signal(Notifier.told, each)
    await handle.result()
    return handle


async def sweeper(client: Client) -> Handle:
    """Two looks and a continuation."""
    state = SweeperState(pause=timedelta(milliseconds=10), longest=15)
    handle = await client.start_workflow(Sweeper.run, state, id="aether/sweeper", task_queue=PLATFORM_QUEUE)
    first = client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    with suppress(WorkflowContinuedAsNewError):
        await first.result(follow_runs=False)
    return first


async def incident(client: Client) -> Handle:
    """A few first, the others after them."""
    state = FixState(order=ORDER)
    handle = await client.start_workflow(FixIncident.run, state, id="incident-fix/1", task_queue=PLATFORM_QUEUE)
    await handle.result()
    return handle


async def document(client: Client) -> Handle:
    """Two versions, one too many, and a continuation."""
    handle = await client.start_workflow(
        Published.run, Shelf(longest=15), id=f"{PREFIX}test", task_queue=PLATFORM_QUEUE
    )
    first = client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    for source in ("one", "two", "two"):
        request = PublishRequest(plan=plan_of([{"set": {"said": source}}]), source=source, by="ada")
        await handle.execute_update(PUBLISH_UPDATE, request)
    await handle.execute_update(ROLLBACK_UPDATE, RollbackRequest(by="ada"))
    with suppress(WorkflowContinuedAsNewError):
        await first.result(follow_runs=False)
    return first


async def assignment(client: Client) -> Handle:
    """Another assignment takes the place of the first."""
    first = Assignment(document="invoices", robot="r1", by="ada", at=0.0)
    await assign(client, first)
    handle: Handle = client.get_workflow_handle(f"{ASSIGNMENT_PREFIX}invoices")
    while (await handle.describe()).history_length < _BEGUN:  # noqa: ASYNC110 - only the server can tell
        await asyncio.sleep(0.05)
    begun = client.get_workflow_handle(handle.id, run_id=(await handle.describe()).run_id)
    await assign(client, first.model_copy(update={"robot": "r2"}))
    return begun


STORIES: Mapping[str, Callable[[Client], Awaitable[Handle]]] = {
    "notifier": notifier,
    "sweeper": sweeper,
    "incident_fix": incident,
    "document": document,
    "pool": pool,
    "assignment": assignment,
    "robot": robot,
}


async def main() -> None:
    """Record what has no file yet."""
    HISTORIES.mkdir(exist_ok=True)
    missing = {name: story for name, story in STORIES.items() if not (HISTORIES / f"{name}.json").exists()}
    activities: list[Callable[..., Any]] = [deliver, sweep, list_parked, fix_run, watch_run, audit, start_pool]
    with tempfile.TemporaryDirectory() as directory:
        async with temporal_server(Path(directory)) as config:
            plugin = AetherPlugin(payloads=Path(directory))
            client = await Client.connect(config.address, identity="recorder", plugins=[plugin])
            async with Worker(client, task_queue=PLATFORM_QUEUE, workflows=WORKFLOWS, activities=activities):
                for name, story in missing.items():
                    history = await (await story(client)).fetch_history()
                    (HISTORIES / f"{name}.json").write_text(history.to_json() + "\n", encoding="utf-8")
                    sys.stdout.write(f"recorded {name}\n")


if __name__ == "__main__":
    asyncio.run(main())
