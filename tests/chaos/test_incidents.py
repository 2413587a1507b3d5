"""The fix of many runs under fire: whatever is killed, each run is fixed once."""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from tests.support.dividing import RIGHT, dividing_plan
from workers.client import connect
from workers.dev import ORCHESTRATOR, Stack, stack
from workers.incidents import find_incidents, start_fix
from workers.runs import StartedRun, start_run
from workers.server import load
from workers.settings import Settings
from workflows.answers import FixRequest
from workflows.fixing import FixIncident
from workflows.incidents import FixOrder, FixProgress
from workflows.progress import PROGRESS_QUERY, RunProgress

pytestmark = pytest.mark.timeout(1200)

RUNS = int(os.environ.get("CHAOS_RUNS", "40"))
SEEDS = os.environ.get("CHAOS_SEEDS", "1").split(",")
"""More of them for a longer trial: CHAOS_SEEDS=1,2,3,4."""
ENDED = 500

Fix = WorkflowHandle[FixIncident, FixProgress]


@pytest.fixture(scope="module")
async def up(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A dev stack without robots, whose processes are started again when they are killed."""
    settings = Settings.located(tmp_path_factory.mktemp("stack"))
    async with stack(settings, config=load().on_free_ports(), parts=(ORCHESTRATOR,)) as running:
        yield running


@pytest.mark.parametrize("seed", SEEDS)
async def test_each_run_is_fixed_once_whatever_is_killed(up: Stack, seed: str) -> None:
    client, document = await connect(up.settings), f"shares-{seed}"
    plan = dividing_plan(document)
    runs = [await start_run(client, plan, inputs={"n": 0}, files={}, source="") for _ in range(RUNS)]
    fix = await ordered(client, document)

    await killed_at_random(up, fix, seed)
    async with asyncio.timeout(ENDED):
        progress = await patiently(fix)
        outputs = [await outputs_of(run) for run in runs]

    assert [{"share": 100}] * RUNS == outputs
    assert ("done", RUNS, 0, 0) == (progress.phase, progress.fixed, progress.gone, progress.refused)
    assert Counter({1: RUNS}) == Counter([await decisions_of(client, run) for run in runs])


async def ordered(client: Client, document: str) -> Fix:
    """Wait until all runs are parked, and have them fixed."""
    async with asyncio.timeout(ENDED):
        while True:
            incidents = [each for each in await find_incidents(client) if each.cause.document == document]
            if incidents and len(incidents[0].runs) == RUNS:
                break
            await asyncio.sleep(0.1)
    request = FixRequest(number=0, action="retry", by="chaos", plan=dividing_plan(document, RIGHT))
    fix, _ = await start_fix(client, FixOrder(cause=incidents[0].cause, request=request, window=3))
    return fix


async def killed_at_random(up: Stack, fix: Fix, seed: str) -> None:
    """Kill what drives it at moments while it is under way."""
    moments = random.Random(seed)  # noqa: S311 - seeded, to be repeatable
    victims = ["orchestrator", "temporal", "orchestrator"]
    for victim, done in zip(victims, sorted(moments.sample(range(1, RUNS // 2), k=len(victims))), strict=True):
        while await fixed_by(fix) < done:  # noqa: ASYNC110 - only the workflow can tell
            await asyncio.sleep(0.02)
        await kill(up, victim)


async def fixed_by(fix: Fix) -> int:
    """How many are fixed; none as long as nobody answers."""
    with suppress(RPCError):
        return (await fix.query(FixIncident.progress)).fixed
    return 0


async def kill(up: Stack, name: str) -> None:
    """End one process as a power cut would; the stack starts it again."""
    (child,) = [child for child in up.children if child.program.name == name]
    process = child.process
    assert process is not None
    process.kill()
    await process.wait()


async def patiently(fix: Fix) -> FixProgress:
    """Wait for the end; the server may be away for a while."""
    while True:
        with suppress(RPCError):
            return await fix.result()
        await asyncio.sleep(0.2)


async def outputs_of(run: StartedRun) -> object:
    while True:
        with suppress(RPCError):
            return (await run.handle.result()).outputs
        await asyncio.sleep(0.2)


async def decisions_of(client: Client, run: StartedRun) -> int:
    """How often somebody answered for a run."""
    handle = client.get_workflow_handle(run.run)
    progress = await handle.query(PROGRESS_QUERY, result_type=RunProgress)
    return len(progress.decisions)
