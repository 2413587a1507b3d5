"""Heals that parked runs wait for, against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from activities.fingerprints import FingerprintKey
from activities.heals import Heal, local_heals
from tests.support.aether import Aether
from tests.support.dividing import RIGHT, WRONG, dividing, dividing_plan
from tests.support.platforms import serving
from tests.unit.test_heals import finding, occasion
from workers.correcting import Advance, Correction, go_on, waiting_for
from workers.runs import StartedRun, start_run
from workers.server import ServerConfig
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.run import Run


@pytest.fixture(scope="module", autouse=True)
async def orchestrator(client: Client) -> AsyncIterator[None]:
    async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]), serving(client):
        yield


@dataclass(frozen=True)
class Asked:
    """Runs that parked at one step, and what it found."""

    aether: Aether
    document: str
    runs: list[StartedRun]
    heal: Heal


@pytest.fixture
async def asked(tmp_path: Path, client: Client, server: ServerConfig, payloads: Path) -> AsyncIterator[Asked]:
    artifacts = tmp_path / "artifacts"
    environ = {"TEMPORAL_ADDRESS": server.address, "AETHER_PAYLOADS": str(payloads), "AETHER_ARTIFACTS": str(artifacts)}
    document = f"shares-{uuid4().hex[:8]}"
    runs = [
        await start_run(client, dividing_plan(document, WRONG), inputs={"n": 0}, files={}, source="") for _ in range(2)
    ]
    key = FingerprintKey(document=document, step="divide", target="button 'Pay'", page="https://portal.example/")
    heals = local_heals(artifacts)
    await heals.note(finding(key), occasion("proposed", runs[0].run))
    query = f"WorkflowType = '{document}' AND AetherStatus = 'Parked'"
    async with asyncio.timeout(90):
        while (await client.count_workflows(query)).count < len(runs):  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.05)
    yield Asked(Aether(tmp_path, environ), document, runs, await heals.get(finding(key).id))
    for run in runs:
        if (await run.handle.describe()).close_time is None:
            await run.handle.terminate()


async def test_all_runs_parked_at_the_step_go_on_with_the_corrected_document(asked: Asked, client: Client) -> None:
    (incident,) = await waiting_for(client, asked.heal)
    plan, source = dividing_plan(asked.document, RIGHT), dividing(asked.document, RIGHT)

    advance = await go_on(client, incident, Correction("ada", "accepted", plan, source))
    results = [await run.handle.result() for run in asked.runs]

    assert Advance(fixed=2, refused=0, stopped=None) == advance
    assert [{"share": 100}] * 2 == [result.outputs for result in results]


async def test_runs_that_park_again_are_told(asked: Asked) -> None:
    done = await asked.aether("heal", "accept", asked.heal.finding.id, "-y", "-o", "json")

    assert (1, "accepted", 2) == (done.code, done.data["state"], done.data["fixed"])
    assert "2 parked runs go on" in done.err
    assert "parked again" in done.data["stopped"]
