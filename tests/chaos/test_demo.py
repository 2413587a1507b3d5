"""The example automation under fire: whatever is killed, the portal holds each valid invoice once."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pydantic import JsonValue
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError
from temporalio.service import RPCError

from activities.artifacts import LocalArtifactStore
from tests.support.fire import plan_in, stack_under_fire
from tests.support.portal import EXAMPLE, USER, Portal, running_portal
from workers.client import connect
from workers.dev import Stack
from workers.runs import StartedRun, start_run
from workflows.plan import Plan

pytestmark = pytest.mark.timeout(1200)

DOCUMENT = EXAMPLE / "enter_invoices.yaml"
WORKBOOK = EXAMPLE / "invoices.xlsx"
VALID = 24
REFUSED = 6
ENDED = 500
SEEDS = os.environ.get("CHAOS_SEEDS", "1").split(",")
"""More of them for a longer trial: CHAOS_SEEDS=1,2,3,4."""


@pytest.fixture(scope="module")
async def up(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """A whole dev stack on disk, whose processes are started again when they are killed."""
    async with stack_under_fire(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    with running_portal(tmp_path / "portal.sqlite", slow=0.1) as site:
        yield site


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_in(DOCUMENT)


async def started(up: Stack, plan: Plan, portal: Portal) -> StartedRun:
    client = await connect(up.settings)
    workbook = await LocalArtifactStore(up.settings.artifacts).put(WORKBOOK)
    inputs = {"workbook": WORKBOOK.name, "portal": portal.url, "user": USER}
    return await start_run(client, plan, inputs=inputs, files={WORKBOOK.name: workbook}, source="")


async def ended(up: Stack, run: StartedRun) -> dict[str, JsonValue] | str:
    """The run's outputs, or the type of its error; the server may be away for a while."""
    async with asyncio.timeout(ENDED):
        while True:
            with suppress(RPCError):
                try:
                    return (await run.handle.result()).outputs
                except WorkflowFailureError as error:
                    return str(getattr(error.cause, "type", error.cause))
            await asyncio.sleep(0.2)
    raise AssertionError(up)


async def kill(up: Stack, name: str) -> None:
    """End one process as a power cut would; the stack starts it again."""
    (child,) = [child for child in up.children if child.program.name == name]
    process = child.process
    assert process is not None
    process.kill()
    await process.wait()


async def killed_at_random(up: Stack, portal: Portal, run: StartedRun, victims: list[str], seed: str) -> None:
    """Kill one after the other, at moments between the first invoices and the last, for as long as the run goes on."""
    moments = random.Random(seed)  # noqa: S311 - seeded, to be repeatable
    moments.shuffle(victims)
    for victim, entered in zip(victims, sorted(moments.sample(range(1, VALID - 4), k=len(victims))), strict=True):
        if not await some_entered(portal, run, entered):
            return
        await asyncio.sleep(moments.random())
        await kill(up, victim)


async def some_entered(portal: Portal, run: StartedRun, least: int) -> bool:
    """Wait until the portal holds so many invoices; false when the run stopped in doubt before it came to them."""
    async with asyncio.timeout(ENDED):
        while len(portal.invoices()) < least:
            with suppress(RPCError):
                if (await run.handle.describe()).status is not WorkflowExecutionStatus.RUNNING:
                    return False
            await asyncio.sleep(0.05)
    return True


def entered_twice(portal: Portal) -> list[tuple[object, ...]]:
    """Invoices that were submitted more often than the workbook has them."""
    counted = portal.query("SELECT supplier, number, count(*) FROM submissions GROUP BY supplier, number")
    in_workbook = {("S-1005", "RE-4121"): 2, ("S-1002", "RE-4184"): 2}
    return [row for row in counted if int(str(row[2])) > in_workbook.get((str(row[0]), str(row[1])), 1)]


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_run_goes_on_when_what_drives_it_is_killed(up: Stack, plan: Plan, portal: Portal, seed: str) -> None:
    run = await started(up, plan, portal)

    await killed_at_random(up, portal, run, ["orchestrator", "temporal"], seed)
    outputs = await ended(up, run)

    assert isinstance(outputs, dict), outputs
    assert (VALID, REFUSED) == (outputs["entered"], outputs["refused"])
    assert VALID == len(portal.invoices())
    assert [] == entered_twice(portal)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_killed_robot_costs_time_but_never_enters_an_invoice_twice(
    up: Stack, plan: Plan, portal: Portal, seed: str
) -> None:
    run = await started(up, plan, portal)

    await killed_at_random(up, portal, run, ["robot", "robot"], seed)
    outputs = await ended(up, run)

    assert [] == entered_twice(portal)
    if isinstance(outputs, dict):
        assert (VALID, REFUSED) == (outputs["entered"], outputs["refused"])
        assert VALID == len(portal.invoices())
    else:
        assert outputs in {"SubmitInDoubt", "OutcomeUnknownError"}
