"""Runs and the pool of their environment, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from tests.integration.test_run_sessions import Keeper, never_grant
from tests.support.eventually import eventually
from tests.support.machine import plan_of
from tests.support.runs import DIGESTS, Runs, failure, joined, progress, robot, runs, until_cancelled, waiting
from workers.pooling import overview
from workflows.answers import EVENT_SIGNAL, EventMessage
from workflows.call import StepCall
from workflows.fleet import (
    PLACED_SIGNAL,
    RETURNED_TO_SIGNAL,
    ROBOT_SIGNAL,
    Lease,
    Placement,
    RobotEntry,
    RobotReturned,
)
from workflows.ids import RobotId, pool_workflow
from workflows.plan import Plan

READ = {"id": "read", "do": "page.read"}
PAY = {"id": "pay", "do": "page.click"}


class Page:
    """Does steps at once, or holds one up until it may go on."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.released = asyncio.Event()
        self.at_work = 0
        self.most = 0

    async def do(self, params: dict[str, Any], _call: StepCall) -> Any:
        self.at_work += 1
        self.most = max(self.most, self.at_work)
        try:
            if params.get("held") and not self.begun.is_set():
                self.begun.set()
                await self.released.wait()
            await eventually(lambda: self.most >= params.get("at_least", 0))
            await asyncio.sleep(params.get("seconds", 0))
        finally:
            self.at_work -= 1
        return {}


@pytest.fixture
def page() -> Page:
    return Page()


@pytest.fixture
async def started(client: Client, page: Page) -> AsyncIterator[Runs]:
    nodes = dict.fromkeys(("page.read", "page.click", "page.open", "test.read"), page.do)
    async with runs(client, nodes) as started:
        yield started


async def leases(started: Runs) -> tuple[Lease, ...]:
    return (await overview(started.client, started.environment)).leases


async def the_robot(started: Runs) -> RobotEntry:
    (robot,) = (await overview(started.client, started.environment)).robots
    return robot


async def replace_process(started: Runs, *sessions: str) -> None:
    """The robot's process is replaced by another one, which has these sessions."""
    entry = await the_robot(started)
    before = entry.card.incarnation
    card = entry.card.model_copy(
        update={"incarnation": f"{before}+", "sessions": sessions, "replaces": before, "nodes": DIGESTS}
    )
    pool = started.client.get_workflow_handle(pool_workflow(started.environment))
    await pool.signal(ROBOT_SIGNAL, entry.model_copy(update={"card": card}))


async def hold(grant: Callable[[], Awaitable[None]]) -> None:
    await grant()
    await until_cancelled()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(90):
        while not await holds():  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.05)


async def unroutable(run: WorkflowHandle[Any, Any]) -> bool:
    return any(wait.unroutable for wait in (await progress(run)).waits)


@asynccontextmanager
async def released(page: Page) -> AsyncIterator[None]:
    try:
        yield
    finally:
        page.released.set()


async def test_a_session_is_leased_while_it_is_held(started: Runs, page: Page) -> None:
    run = await started.start(plan_of([READ | {"with": {"held": True}}]))
    await page.begun.wait()

    (lease,) = await leases(started)
    page.released.set()
    await run.result()

    (call,) = started.calls
    assert call.session is not None
    assert (run.id, "read", call.session.id, call.session.lease) == (
        lease.request.run,
        lease.request.place,
        lease.request.id,
        lease.number,
    )
    assert () == await leases(started)


async def test_a_run_that_no_robot_can_take_says_so_and_goes_on_when_one_appears(started: Runs) -> None:
    run = await started.start(plan_of([READ], needs=["sap"]))

    await until(partial(unroutable, run))
    told = await progress(run)
    robot = (await the_robot(started)).card.robot
    async with joined(started.client, RobotId(robot), environment=started.environment, tags=("sap",)):
        await run.result()

    assert "waiting" == told.status
    assert "sap" in told.waits[0].what


async def test_of_what_is_scarce_no_more_is_held_than_there_is(started: Runs, page: Page) -> None:
    plan = plan_of([{"id": "work", "do": "test.read", "with": {"at_least": 2, "seconds": 0.05}}], limits={"licence": 2})

    all_runs = await asyncio.gather(*(started.start(plan) for _ in range(8)))
    await asyncio.gather(*(run.result() for run in all_runs))

    assert 2 == page.most
    assert () == await leases(started)


async def test_a_page_that_outlives_its_robots_process_is_gone_on_with(started: Runs, page: Page) -> None:
    run = await started.start(plan_of([READ, READ | {"id": "held", "with": {"held": True}}, READ | {"id": "after"}]))
    async with released(page):
        await page.begun.wait()
        (before,) = await leases(started)
        await replace_process(started, before.request.id)
        await run.result()

    assert ["read", "held", "held", "after"] == [call.step for call in started.calls]
    sessions = [call.session for call in started.calls if call.session is not None]
    assert {before.request.id} == {session.id for session in sessions}
    assert sessions[1].lease < sessions[2].lease == sessions[3].lease


async def test_a_payment_under_way_when_the_process_ended_is_not_made_again(started: Runs, page: Page) -> None:
    run = await started.start(plan_of([READ, PAY | {"with": {"held": True}}]))
    async with released(page):
        await page.begun.wait()
        (before,) = await leases(started)
        await replace_process(started, before.request.id)
        error = await failure(run)

    assert "OutcomeUnknownError" == error.type
    assert ["read", "pay"] == [call.step for call in started.calls]


async def test_a_page_that_went_with_its_robots_process_is_had_again(started: Runs, page: Page) -> None:
    run = await started.start(plan_of([{"id": "open", "do": "page.open"}, READ | {"with": {"held": True}}]))
    async with released(page):
        await page.begun.wait()
        (before,) = await leases(started)
        await replace_process(started)
        await run.result()

    assert ["open", "read", "read"] == [call.step for call in started.calls]
    last = started.calls[-1].session
    assert last is not None
    assert before.request.id != last.id


async def test_a_run_that_waits_for_long_gives_its_session_back(started: Runs) -> None:
    plan = plan_of([READ, {"receive": "paid"}, READ | {"id": "again"}], park={"hold": "300ms"})
    run = await started.start(plan)
    await waiting(run, "event")

    async def free() -> bool:
        return not await leases(started)

    await until(free)
    await run.signal(EVENT_SIGNAL, EventMessage(event="paid", data=None, id="1"))
    await run.result()

    first, second = (call.session for call in started.calls)
    assert first is not None
    assert second is not None
    assert first.id != second.id


async def test_a_step_that_no_robot_takes_says_so_and_is_done_when_one_comes(
    client: Client, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.calling.PATIENCE", 0.3)
    nodes = {"test.read": page.do}
    async with runs(client, nodes) as elsewhere:
        nowhere = f"{elsewhere.environment}-empty"
        run = await elsewhere.start(plan_of([{"do": "test.read"}]), given={"environment": nowhere})

        await until(partial(unroutable, run))
        async with robot(client, nodes, [], environment=nowhere):
            await run.result()

    assert [] == elsewhere.calls


async def test_a_run_that_ends_without_its_session_leaves_no_wish_behind(started: Runs) -> None:
    run = await started.start(plan_of([READ], needs=["sap"]))
    await waiting(run, "robot")
    await run.cancel()

    async def nobody_waits() -> bool:
        return not (await overview(started.client, started.environment)).waiting

    await until(nobody_waits)


async def test_what_begins_while_a_process_is_replaced_waits_for_its_page(client: Client, page: Page) -> None:
    adopting, adopted = asyncio.Event(), asyncio.Event()

    async def later(grant: Callable[[], Awaitable[None]]) -> None:
        adopting.set()
        await adopted.wait()
        await grant()
        await until_cancelled()

    plan = plan_of([READ, {"id": "go", "receive": "go"}, READ | {"id": "after"}])
    async with runs(client, {"page.read": page.do}, Keeper(hold, later)) as started:
        run = await begin_meanwhile(started, plan, adopting)
        adopted.set()
        await run.result()

    assert ["read", "after"] == [call.step for call in started.calls]
    assert 1 == len({call.session.id for call in started.calls if call.session is not None})


async def test_what_begins_while_a_process_is_replaced_is_done_elsewhere_if_the_page_is_gone(
    client: Client, page: Page
) -> None:
    adopting, gone = asyncio.Event(), asyncio.Event()

    async def refuse(_grant: Callable[[], Awaitable[None]]) -> None:
        adopting.set()
        await gone.wait()

    plan = plan_of([READ, {"id": "go", "receive": "go"}, READ | {"id": "after"}])
    async with runs(client, {"page.read": page.do}, Keeper(hold, refuse)) as started:
        run = await begin_meanwhile(started, plan, adopting)
        gone.set()
        await run.result()

    assert ["read", "after"] == [call.step for call in started.calls]
    assert 2 == len({call.session.id for call in started.calls if call.session is not None})


async def begin_meanwhile(started: Runs, plan: Plan, adopting: asyncio.Event) -> WorkflowHandle[Any, Any]:
    """A run whose robot's process is replaced while it waits, and whose next step begins before its page is back."""
    run = await started.start(plan)
    await waiting(run, "event")
    (held,) = await leases(started)
    await replace_process(started, held.request.id)
    await adopting.wait()
    await run.signal(EVENT_SIGNAL, EventMessage(event="go", data=None, id="1"))
    await waiting(run, "node")
    return run


async def test_a_process_that_is_replaced_while_it_opens_a_session_is_asked_again(client: Client, page: Page) -> None:
    keeper = Keeper(never_grant)
    async with runs(client, {"page.read": page.do}, keeper) as started:
        run = await started.start(plan_of([READ]))
        await keeper.asked.wait()
        (held,) = await leases(started)
        await replace_process(started, held.request.id)
        await run.result()

    assert ["read"] == [call.step for call in started.calls]


async def test_a_placement_nobody_asked_for_is_given_back_and_one_told_twice_is_not(started: Runs, page: Page) -> None:
    run = await started.start(plan_of([READ | {"with": {"held": True}}]))
    await page.begun.wait()
    (held,) = await leases(started)
    for name in (held.request.id, "nobody/1"):
        await run.signal(PLACED_SIGNAL, Placement(id=name, robot=held.robot, lease=held.number))
    await run.signal(RETURNED_TO_SIGNAL, RobotReturned(robot="r1", gone=("nobody/1",)))
    page.released.set()
    await run.result()

    assert 1 == len(started.calls)
    assert () == await leases(started)


async def test_a_share_is_held_on_by_the_next_execution(started: Runs) -> None:
    work = {"for_each": "${{ range(12) }}", "do": "test.read"}

    run = await started.start(plan_of([work, work], limits={"licence": 1}), long=60)
    await run.result()

    assert (await run.describe()).run_id != run.first_execution_run_id
    assert 1 == (await overview(started.client, started.environment)).granted
    assert () == await leases(started)


async def test_a_robot_that_takes_long_to_close_a_session_keeps_no_lease(
    client: Client, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.run.LEAVING", timedelta(milliseconds=500))
    closed = asyncio.Event()

    async def slow(grant: Callable[[], Awaitable[None]]) -> None:
        try:
            await hold(grant)
        finally:
            await closed.wait()

    async with runs(client, {"page.read": page.do}, Keeper(slow)) as started:
        run = await started.start(plan_of([READ]))
        await run.result()
        left = await leases(started)
        closed.set()

    assert () == left
