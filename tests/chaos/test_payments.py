"""Runs that each submit one invoice, while robots of their fleet are killed: none is lost, none is entered twice.

In full size 200 runs and 30 kills, and ten robots of which three at a time are killed for ten minutes: `make chaos`.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import JsonValue
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from tests.support.fire import plan_in, stack_under_fire
from tests.support.portal import EXAMPLE, USER, Portal, running_portal
from tests.support.robot import kill, start_warm_robot
from tests.support.warm import Warm
from workers.client import connect
from workers.dev import ORCHESTRATOR, Stack
from workers.records import progress_of
from workers.runs import StartedRun, start_run
from workers.settings import RobotSettings
from workflows.plan import Plan

RUNS = int(os.environ.get("CHAOS_RUNS", "8"))
KILLS = int(os.environ.get("CHAOS_KILLS", "2"))
ROBOTS = int(os.environ.get("CHAOS_ROBOTS", "2"))
MINUTES = float(os.environ.get("CHAOS_MINUTES", "0"))
"""For how long more runs are started and more robots are killed, whatever the numbers above say."""
SEED = os.environ.get("CHAOS_SEEDS", "1").split(",")[0]
TOGETHER = max(1, ROBOTS * 3 // 10)
"""Robots that are killed at the same moment."""
ENDED = 240 + RUNS * 12 + MINUTES * 120
AWAY = 20.0
"""Seconds after which a killed robot is started again at the latest."""
DOCUMENT = EXAMPLE / "enter_invoice.yaml"

pytestmark = pytest.mark.timeout(ENDED + 120)


@dataclass(frozen=True)
class Outcome:
    """What became of a run."""

    number: str
    """Of its invoice."""
    status: str
    error: str | None


@dataclass
class Fleet:
    """The robots of a stack, which are killed and started again."""

    up: Stack
    chance: random.Random
    robots: dict[str, Warm] = field(default_factory=dict)
    kills: int = 0

    async def start(self, name: str) -> None:
        """Start a robot, of which the stack knows nothing."""
        settings = self.up.settings.model_copy(update={"robot": RobotSettings(id=name, max_sessions=2)})

        async def begin() -> None:
            self.robots[name] = await start_warm_robot(settings)

        await asyncio.shield(asyncio.ensure_future(begin()))  # else who stops waiting does not know of it

    async def lose(self) -> None:
        """Kill some robots; each comes back, sooner or later: some to their pages, some to what others have done."""
        victims = self.chance.sample(sorted(self.robots), k=TOGETHER)
        for name in victims:
            await kill(self.robots[name])
            self.kills += 1
        for name in victims:
            await asyncio.sleep(self.chance.choice([0.0, AWAY * self.chance.random()]))
            await self.start(name)


@pytest.fixture
async def up(tmp_path: Path) -> AsyncIterator[Stack]:
    """A dev stack whose robots are the test's."""
    async with stack_under_fire(tmp_path, parts=(ORCHESTRATOR,)) as running:
        yield running


@pytest.fixture
async def fleet(up: Stack) -> AsyncIterator[Fleet]:
    kept = Fleet(up, random.Random(SEED))  # noqa: S311 - repeatable, not secret
    for number in range(ROBOTS):
        await kept.start(f"robot{number}")
    yield kept
    for process in kept.robots.values():
        await kill(process)


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """Slow enough to be caught between a click and its confirmation."""
    with running_portal(tmp_path / "portal.sqlite", slow=0.8) as site:
        yield site


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_in(DOCUMENT)


async def worked(client: Client, plan: Plan, portal: Portal) -> list[Outcome]:
    """Have runs, a few for each robot at the same time, until there were enough of them."""
    until, at_once = time.monotonic() + MINUTES * 60, asyncio.Semaphore(max(RUNS, ROBOTS * 4))
    doing: list[asyncio.Task[Outcome]] = []

    async def one(position: int) -> Outcome:
        try:
            number, run = await started(client, plan, portal, position)
            return await outcome(number, run)
        finally:
            at_once.release()

    async with asyncio.timeout(ENDED), asyncio.TaskGroup() as group:
        while len(doing) < RUNS or time.monotonic() < until:
            await at_once.acquire()
            doing.append(group.create_task(one(len(doing))))
    return [task.result() for task in doing]


async def started(client: Client, plan: Plan, portal: Portal, position: int) -> tuple[str, StartedRun]:
    """A run for an invoice of its own."""
    number = f"RE-{7000 + position}"
    invoice: dict[str, JsonValue] = {
        "Supplier": f"S-10{1 + position % 8:02}", "Number": number, "Date": "2026-10-14", "Amount": 100 + position,
        "Currency": "EUR", "Note": None,
    }  # fmt: skip
    inputs: dict[str, JsonValue] = {"invoice": invoice, "portal": portal.url, "user": USER}
    return number, await start_run(client, plan, inputs=inputs, files={}, source="")


async def kill_robots(fleet: Fleet, portal: Portal) -> None:
    """Kill robots again and again, at moments spread over the work."""
    at = sorted(fleet.chance.sample(range(RUNS), k=min(KILLS, RUNS)))
    at += [RUNS - 1] * (KILLS - len(at))
    for least in at:
        while len(portal.invoices()) < least:  # noqa: ASYNC110 - asked for
            await asyncio.sleep(0.05)
        await asyncio.sleep(fleet.chance.random() * 3)
        await fleet.lose()
    until = time.monotonic() + MINUTES * 60
    while time.monotonic() < until:
        await asyncio.sleep(fleet.chance.random() * 2 * AWAY)
        await fleet.lose()


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


async def test_no_payment_is_lost_or_done_twice_however_often_robots_are_killed(
    up: Stack, fleet: Fleet, plan: Plan, portal: Portal
) -> None:
    client = await connect(up.settings)

    killing = asyncio.create_task(kill_robots(fleet, portal))
    ends = await worked(client, plan, portal)
    killing.cancel()
    await asyncio.gather(killing, return_exceptions=True)

    held = Counter(str(row[1]) for row in portal.invoices())
    submitted = Counter(str(row[1]) for row in portal.submissions())
    assert [] == [number for number, times in submitted.items() if times > 1]
    assert [] == [end for end in ends if end.status == "completed" and held[end.number] != 1]
    assert [] == [end for end in ends if end.status not in {"completed", "parked"}]
    assert [] == [
        end for end in ends if end.status == "parked" and end.error != "OutcomeUnknownError" and held[end.number]
    ]
    assert len(ends) >= RUNS
    assert fleet.kills
