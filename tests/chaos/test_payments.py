"""Many runs that each submit one invoice, while their robots are killed: none is lost, none is entered twice.

In the full size 200 runs and 30 kills: `make chaos`.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import JsonValue
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from tests.support.fire import plan_in, stack_under_fire
from tests.support.portal import EXAMPLE, USER, Portal, running_portal
from workers.client import connect
from workers.dev import Stack
from workers.records import progress_of
from workers.runs import StartedRun, start_run
from workflows.plan import Plan

RUNS = int(os.environ.get("CHAOS_RUNS", "8"))
KILLS = int(os.environ.get("CHAOS_KILLS", "2"))
SEED = os.environ.get("CHAOS_SEEDS", "1").split(",")[0]
ENDED = 240 + RUNS * 12
DOCUMENT = EXAMPLE / "enter_invoice.yaml"

pytestmark = pytest.mark.timeout(ENDED + 120)


@dataclass(frozen=True)
class Outcome:
    """What became of a run."""

    number: str
    """Of its invoice."""
    status: str
    error: str | None


@pytest.fixture
async def up(tmp_path: Path) -> AsyncIterator[Stack]:
    """A whole dev stack, whose processes are started again when they are killed."""
    async with stack_under_fire(tmp_path) as running:
        yield running


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """Slow enough to be caught between a click and its confirmation."""
    with running_portal(tmp_path / "portal.sqlite", slow=0.8) as site:
        yield site


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_in(DOCUMENT)


async def started(client: Client, plan: Plan, portal: Portal) -> list[tuple[str, StartedRun]]:
    """One run for each invoice."""
    runs = []
    for position in range(RUNS):
        number = f"RE-{7000 + position}"
        invoice: dict[str, JsonValue] = {
            "Supplier": f"S-10{1 + position % 8:02}", "Number": number, "Date": "2026-10-14", "Amount": 100 + position,
            "Currency": "EUR", "Note": None,
        }  # fmt: skip
        inputs: dict[str, JsonValue] = {"invoice": invoice, "portal": portal.url, "user": USER}
        runs.append((number, await start_run(client, plan, inputs=inputs, files={}, source="")))
    return runs


async def kill_robots(up: Stack, portal: Portal, moments: random.Random) -> None:
    """Kill the robot again and again, at moments spread over the work."""
    at = sorted(moments.sample(range(RUNS), k=min(KILLS, RUNS)))
    at += [RUNS - 1] * (KILLS - len(at))
    for least in at:
        while len(portal.invoices()) < least:  # noqa: ASYNC110 - asked for
            await asyncio.sleep(0.05)
        await asyncio.sleep(moments.random() * 3)
        (robot,) = [child for child in up.children if child.program.name == "robot"]
        process = robot.process
        if process is not None:
            process.kill()
            await process.wait()
        await asyncio.sleep(2)


async def outcome(number: str, run: StartedRun) -> Outcome:
    """Wait until a run has ended or parked."""
    while True:
        try:
            description = await run.handle.describe()
            if description.status is not WorkflowExecutionStatus.RUNNING:
                assert description.status is not None
                return Outcome(number, description.status.name.lower(), None)
            progress = await progress_of(run.handle)
            if progress is not None and progress.status == "parked":
                return Outcome(number, "parked", progress.waits[0].error.type if progress.waits[0].error else None)
        except RPCError:
            pass  # the server is busy: ask again
        await asyncio.sleep(1)


async def outcomes(runs: Sequence[tuple[str, StartedRun]]) -> list[Outcome]:
    """Wait until all runs have ended or parked."""
    async with asyncio.timeout(ENDED):
        return list(await asyncio.gather(*(outcome(number, run) for number, run in runs)))


async def test_no_payment_is_lost_or_done_twice_however_often_robots_are_killed(
    up: Stack, plan: Plan, portal: Portal
) -> None:
    runs = await started(await connect(up.settings), plan, portal)

    killing = asyncio.create_task(kill_robots(up, portal, random.Random(SEED)))  # noqa: S311 - repeatable, not secret
    ends = await outcomes(runs)
    killing.cancel()

    held = Counter(str(row[1]) for row in portal.invoices())
    submitted = Counter(str(row[1]) for row in portal.submissions())
    assert [] == [number for number, times in submitted.items() if times > 1]
    assert [] == [end for end in ends if end.status == "completed" and held[end.number] != 1]
    assert [] == [end for end in ends if end.status not in {"completed", "parked"}]
    assert [] == [
        end for end in ends if end.status == "parked" and end.error != "OutcomeUnknownError" and held[end.number]
    ]
    assert RUNS == len(ends)
