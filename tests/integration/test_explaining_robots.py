"""Why runs wait for robots, each reason as it comes about with real pools."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from tests.support.cards import card
from tests.support.machine import plan_of
from tests.support.pools import entry_of
from tests.support.presences import DESK
from tests.support.runs import DIGESTS, Runs, runs, until_cancelled
from workers.attendance import Attendance
from workers.explaining import explain
from workers.pooling import start_pool
from workers.reason import Reason
from workflows.call import SessionRequest, StepCall
from workflows.fleet import ROBOT_SIGNAL, Busy, BusyStep
from workflows.ids import SESSION_ACTIVITY, RobotId, pool_workflow, robot_queue

Handle = WorkflowHandle[Any, Any]

READ = {"id": "read", "do": "page.read"}
_BEAT = timedelta(milliseconds=200)

HOLD = {"id": "hold", "do": "page.open"}


async def done(_params: dict[str, Any], _call: StepCall) -> Any:
    """Be done at once."""
    return {}


async def hold(_params: dict[str, Any], _call: StepCall) -> Any:
    """Do something for long."""
    await until_cancelled()


NODES = {"page.read": done, "page.open": hold, "test.hang": hold}


@pytest.fixture(scope="module")
async def started(client: Client) -> AsyncIterator[Runs]:
    """An environment with one robot that can do everything, and has no tags."""
    async with runs(client, NODES) as ready:
        yield ready


async def explained(run: Handle, client: Client, kind: str, words: str = "", *, seconds: float = 90) -> Reason:
    """Wait until a run waits for such a reason, told in such words, and give it."""
    said: list[str] = []
    try:
        async with asyncio.timeout(seconds):
            while True:
                reasons = (await explain(client, run.id)).reasons
                said = [f"{reason.kind}: {reason.why}" for reason in reasons]
                for reason in reasons:
                    if reason.kind == kind and words in reason.why:
                        return reason
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"it never waited for {kind}: {words}, but for {said}") from None


def name_of(word: str) -> RobotId:
    """A robot's name that no other test uses."""
    return RobotId(f"{word}-{uuid4().hex[:6]}")


async def tell(started: Runs, robot: str, **entry: Any) -> None:
    """Have the pool know a robot to be like this."""
    pool = started.client.get_workflow_handle(pool_workflow(started.environment))
    card = {"capabilities": ("browser", "test"), "slots": 1, "nodes": DIGESTS, "environment": started.environment}
    await pool.signal(ROBOT_SIGNAL, entry_of(robot, **{**card, **entry}))


@activity.defn(name=SESSION_ACTIVITY)
async def open_slowly(_request: SessionRequest) -> None:
    """Take a session and never have it open."""
    await until_cancelled()


@asynccontextmanager
async def slow_robot(client: Client, name: RobotId) -> AsyncIterator[None]:
    """A process that takes sessions and never has them open."""
    async with Worker(client, task_queue=robot_queue(name), activities=[open_slowly]):
        yield


@asynccontextmanager
async def present(started: Runs, name: RobotId, tag: str, doing: list[BusyStep]) -> AsyncIterator[None]:
    """A robot's process with room for one session, which tells what it does."""
    facts: dict[str, Any] = {
        "environment": started.environment,
        "tags": (tag,),
        "capabilities": ("browser", "test"),
        "slots": 1,
    }
    process = Attendance(
        started.client,
        card(name, machine=DESK.key, host=DESK.host, nodes=DIGESTS, **facts),
        DESK,
        lambda _order: None,
        lambda: Busy(cpu=0.5, memory=0.5, steps=tuple(doing)),
    )
    await process.register()
    worker = Worker(
        started.client,
        task_queue=robot_queue(name),
        activities=[open_slowly, process.attend, process.take_order],
        max_heartbeat_throttle_interval=_BEAT,
        default_heartbeat_throttle_interval=_BEAT,
    )
    async with worker:
        yield


async def test_tags_that_no_robot_has_are_named_with_what_each_robot_lacks(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([READ], needs=["sap", "fi"]))

    reason = await explained(run, client, "robot", "there is no robot with")
    await run.terminate()

    assert "a robot: there is no robot with the tags browser, sap, fi" in reason.why
    assert "read" == reason.place
    assert any("lacks fi, sap" == each.why for each in reason.lacking)
    assert f"AETHER_ENVIRONMENT={started.environment} aether robot start --tag sap --tag fi" in reason.remedies


async def test_robots_that_match_say_why_they_do_not_take_it_and_what_they_do(started: Runs, client: Client) -> None:
    drains, works = name_of("drains"), name_of("works")
    doing: list[BusyStep] = []
    await tell(started, drains, tags=("crm",), mode="draining")
    async with present(started, works, "crm", doing):
        first = await started.start(plan_of([READ], needs=["crm"]))
        opening = await explained(first, client, "opening")
        doing.append(BusyStep(run=first.id, place="all[7].pay", node="page.click", since=time.time()))
        second = await started.start(plan_of([READ], needs=["crm"]))
        reason = await explained(second, client, "robot", "is busy with")
        async with asyncio.timeout(90):
            while not (said := (await explained(second, client, "robot")).doing):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await asyncio.gather(first.terminate(), second.terminate())

    assert (works, f"robot {works!r}, which opens the session") == (opening.robot, opening.why)
    why = {each.robot: each.why for each in reason.candidates}
    assert "is draining" == why[drains]
    assert why[works].startswith(f"is busy with run {first.id} at step read since ")
    assert [(first.id, works)] == [(lease.request.run, lease.robot) for lease in reason.holders]
    assert {f"aether robot resume {drains}", f"aether explain {first.id}"} <= set(reason.remedies)
    assert [(first.id, "all[7].pay")] == [(each.run, each.place) for each in said]


async def test_a_robot_that_does_not_take_its_session_is_named(started: Runs, client: Client) -> None:
    robot = name_of("dead")
    await tell(started, robot, tags=("erp",))
    run = await started.start(plan_of([READ], needs=["erp"]))

    reason = await explained(run, client, "silent")
    await run.terminate()

    assert (robot, f"robot {robot!r} to take the session; it does not answer") == (reason.robot, reason.why)


async def test_a_run_bound_to_a_lost_robot_says_so(started: Runs, client: Client) -> None:
    plan = plan_of([READ], name="bound", needs=["gis"], affinity="hard")
    robot = name_of("lost")
    await tell(started, robot, tags=("gis",))
    async with slow_robot(client, robot):
        before = await started.start(plan)
        await explained(before, client, "opening")
        await tell(started, robot, tags=("gis",), presence="lost")
        run = await started.start(plan)

        reason = await explained(run, client, "robot", "is lost")
        await asyncio.gather(before.terminate(), run.terminate())

    assert reason.why.startswith(f"{robot}, which ran this document last: it is lost since ")
    assert f"AETHER_ENVIRONMENT={started.environment} aether robot start --id {robot}" in reason.remedies


async def test_a_limit_says_by_whom_it_is_held(started: Runs, client: Client) -> None:
    plan = plan_of([HOLD], limits={"licence": 1})
    first = await started.start(plan)
    await explained(first, client, "step")
    second = await started.start(plan)

    reason = await explained(second, client, "limit")
    await asyncio.gather(first.terminate(), second.terminate())

    assert reason.why.startswith(f"its share: the only share of 'licence' is held by run {first.id}")
    assert [(first.id, {"licence": 1})] == [(lease.request.run, lease.request.limits) for lease in reason.holders]


async def test_a_run_with_its_share_of_sessions_waits_for_itself(started: Runs, client: Client) -> None:
    branches = {name: [{"session": {}, "do": [HOLD | {"id": name}]}] for name in ("one", "two", "three")}
    run = await started.start(plan_of([{"id": "all", "parallel": branches}]))

    reason = await explained(run, client, "robot", "its run holds 2 sessions")
    await run.terminate()

    assert [run.id, run.id] == [lease.request.run for lease in reason.holders]


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [({}, "does not know page.read"), ({**DIGESTS, "page.read": "other"}, "has another version of page.read")],
)
async def test_a_robot_of_another_version_is_named(
    nodes: dict[str, str], expected: str, started: Runs, client: Client
) -> None:
    robot, tag = name_of("other"), f"t{uuid4().hex[:6]}"
    await tell(started, robot, tags=(tag,), nodes=nodes)
    run = await started.start(plan_of([READ], needs=[tag]))

    reason = await explained(run, client, "robot", "no robot that is here can take it")
    await run.terminate()

    assert [(robot, expected)] == [(each.robot, each.why) for each in reason.candidates]


async def test_a_run_for_a_robot_that_is_not_there_says_so(started: Runs, client: Client) -> None:
    run = await started.start(plan_of([READ]), given={"robot": "nobody"})

    reason = await explained(run, client, "robot", "there is no robot 'nobody'")
    await run.terminate()

    assert f"a robot: there is no robot 'nobody' in environment {started.environment!r}" == reason.why


async def test_a_pool_that_nobody_answers_for_is_said_to_be_missing(started: Runs, client: Client, queue: str) -> None:
    environment = f"e-{uuid4().hex[:8]}"
    await start_pool(client, environment, queue=queue)
    run = await started.start(plan_of([READ]), given={"environment": environment})

    reason = await explained(run, client, "pool")
    await asyncio.gather(run.terminate(), client.get_workflow_handle(pool_workflow(environment)).terminate())

    assert f"a robot with 'browser'; nobody answers for the pool of the environment {environment!r}" == reason.why
    assert ("aether orchestrator start", "aether dev") == reason.remedies
