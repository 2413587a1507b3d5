"""Incidents from the command line, against a real server."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.worker import Worker

from tests.support.aether import Aether, finish, line_with
from tests.support.dividing import RIGHT, WRONG, WRONG_AGAIN, dividing, dividing_plan
from tests.support.platforms import serving
from workers.runs import StartedRun, start_run
from workers.server import ServerConfig
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.run import Run


@pytest.fixture(scope="module", autouse=True)
async def orchestrator(client: Client) -> AsyncIterator[None]:
    async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]), serving(client):
        yield


@dataclass(frozen=True)
class Desk:
    """A person at a terminal, and some parked runs of one document."""

    aether: Aether
    document: str
    runs: list[StartedRun]

    async def incident(self) -> dict[str, Any]:
        listed = await self.aether("incidents", "-o", "json")
        (found,) = [each for each in listed.data if each["document"] == self.document]
        assert isinstance(found, dict)
        return found

    async def shown(self, incident: str, condition: Callable[[Any], bool]) -> Any:
        """What is shown of an incident, as soon as Temporal's lists have caught up with what has happened."""
        async with asyncio.timeout(90):
            while True:
                shown = (await self.aether("incidents", "show", incident, "-o", "json")).data
                if condition(shown):
                    return shown

    def write(self, share: str, *, name: str | None = None) -> Path:
        return self.aether.write("shares.yaml", dividing(name or self.document, share))


@pytest.fixture
async def desk(tmp_path: Path, client: Client, server: ServerConfig, payloads: Path) -> AsyncIterator[Desk]:
    aether = Aether(tmp_path, {"TEMPORAL_ADDRESS": server.address, "AETHER_PAYLOADS": str(payloads)})
    document = f"shares-{uuid4().hex[:8]}"
    plan = dividing_plan(document, WRONG)
    runs = [await start_run(client, plan, inputs={"n": 0}, files={}, source="") for _ in range(4)]
    query = f"WorkflowType = '{document}' AND AetherStatus = 'Parked'"
    async with asyncio.timeout(90):
        while (await client.count_workflows(query)).count < len(runs):  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.05)
    yield Desk(aether, document, runs)
    for run in runs:
        if (await run.handle.describe()).close_time is None:
            await run.handle.terminate()


async def test_parked_runs_are_listed_by_what_they_wait_for(desk: Desk) -> None:
    incident = await desk.incident()

    shown = await desk.aether("incidents", "show", incident["incident"][:8])

    assert (4, "divide") == (incident["runs"], incident["step"])
    assert incident["sample"]["run"] in {run.run for run in desk.runs}
    assert "4 parked runs" in shown.out
    assert incident["sample"]["message"] in shown.out


async def test_a_fix_asks_before_it_does_anything(desk: Desk) -> None:
    incident = await desk.incident()

    done = await desk.aether("incidents", "fix", incident["incident"])

    assert 2 == done.code
    assert "4 runs of" in done.err
    assert "add -y" in done.err


async def test_all_runs_end_well_with_the_corrected_document(desk: Desk) -> None:
    incident = await desk.incident()

    done = await desk.aether("incidents", "fix", incident["incident"], "--document", desk.write(RIGHT), "-y")
    results = [await run.handle.result() for run in desk.runs]
    await desk.shown(incident["incident"], lambda shown: not shown["parked"])
    shown = await desk.aether("incidents", "show", incident["incident"])

    assert "no run is parked any more" in shown.out
    assert "done; 4 of 4 runs fixed" in shown.out
    assert (0, [{"share": 100}] * 4) == (done.code, [result.outputs for result in results])
    assert "4 of 4 runs fixed" in done.err


async def test_a_wrong_fix_stops_after_the_first_and_says_so(desk: Desk) -> None:
    incident = await desk.incident()
    document = desk.write(WRONG_AGAIN)

    done = await desk.aether(
        "incidents", "fix", incident["incident"], "--document", document, "--canary", "1", "-y", "-o", "json"
    )
    shown = await desk.shown(incident["incident"], lambda shown: len(shown["parked"]) == len(desk.runs))

    assert (1, "stopped", 1) == (done.code, done.data["phase"], done.data["fixed"])
    assert "parked again" in shown["fix"]["reason"]


async def test_a_fix_goes_on_without_the_one_who_ordered_it(desk: Desk) -> None:
    incident = await desk.incident()

    command = await desk.aether.start(
        "incidents", "fix", incident["incident"], "--document", desk.write(RIGHT), "--canary", "1", "-y"
    )
    assert command.stderr is not None
    await line_with(command.stderr, "divide: retry")
    await command.stderr.readline()  # it is under way
    command.send_signal(signal.SIGKILL)
    await finish(command)
    results = [await run.handle.result() for run in desk.runs]

    assert [{"share": 100}] * 4 == [result.outputs for result in results]


async def test_the_document_of_other_runs_is_refused(desk: Desk) -> None:
    incident = await desk.incident()

    done = await desk.aether(
        "incidents", "fix", incident["incident"], "--document", desk.write(RIGHT, name="other"), "-y"
    )

    assert 2 == done.code
    assert "a document named 'other'" in done.err


async def test_an_incident_that_is_not_there_is_said_to_be_none(desk: Desk) -> None:
    done = await desk.aether("incidents", "show", "0000000000")

    assert 3 == done.code
    assert "no runs are parked for an incident" in done.err


async def test_runs_can_be_given_up_all_at_once(desk: Desk) -> None:
    incident = await desk.incident()

    done = await desk.aether("incidents", "fix", incident["incident"], "--action", "abort", "-y")

    ended = await asyncio.gather(*(run.handle.result() for run in desk.runs), return_exceptions=True)
    assert 0 == done.code
    assert len(desk.runs) == sum(isinstance(each, WorkflowFailureError) for each in ended)
