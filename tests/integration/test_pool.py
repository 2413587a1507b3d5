"""A pool as a workflow on a real server, and small runs that ask it for sessions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from time import time
from typing import Any, TypeVar

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.service import RPCError
from temporalio.worker import Worker

from tests.support.cards import card
from tests.support.platforms import serving
from tests.support.pools import entry_of, request_of
from workers.pooling import Auditor, environments, explanation, forget_robot, overview, start_pool
from workflows.call import Message
from workflows.fleet import (
    DELAYED_SIGNAL,
    ENDED_SIGNAL,
    FORGET_UPDATE,
    LIMITS_UPDATE,
    PLACED_SIGNAL,
    REQUEST_SIGNAL,
    RETURNED_SIGNAL,
    RETURNED_TO_SIGNAL,
    ROBOT_SIGNAL,
    Delay,
    ForgetRequest,
    LeaseRequest,
    LeaseReturn,
    LimitRequest,
    Overview,
    Placement,
    RobotEntry,
    RobotReturned,
    RunEnded,
    Word,
)
from workflows.ids import PLATFORM_QUEUE, RobotId, pool_workflow, robot_workflow
from workflows.pool import MOST_SENDING, Pool
from workflows.poolsaved import PoolSaved, PoolStart
from workflows.presence import Known
from workflows.robot import Robot, RobotState

Handle = WorkflowHandle[Any, Any]


class Heard(Message):
    """What a run was told."""

    placed: tuple[Placement, ...] = ()
    delayed: tuple[Delay, ...] = ()
    returned: tuple[RobotReturned, ...] = ()


@workflow.defn(name="test.guest")
class Guest:
    """A run that hears what a pool says."""

    def __init__(self) -> None:
        self._heard = Heard()

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.signal(name=PLACED_SIGNAL)
    def placed(self, said: Placement) -> None:
        self._heard = self._heard.model_copy(update={"placed": (*self._heard.placed, said)})

    @workflow.signal(name=DELAYED_SIGNAL)
    def delayed(self, said: Delay) -> None:
        self._heard = self._heard.model_copy(update={"delayed": (*self._heard.delayed, said)})

    @workflow.signal(name=RETURNED_TO_SIGNAL)
    def robot_returned(self, said: RobotReturned) -> None:
        self._heard = self._heard.model_copy(update={"returned": (*self._heard.returned, said)})

    @workflow.query
    def heard(self) -> Heard:
        return self._heard


T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T]], enough: Callable[[T], bool]) -> T:
    """Look at what only the server can tell, until it is enough."""
    async with asyncio.timeout(90):
        while not enough(found := await look()):  # noqa: ASYNC110 - as said
            await asyncio.sleep(0.02)
    return found


class House:
    """A pool of its own environment, and its guests."""

    def __init__(self, client: Client, environment: str) -> None:
        self.client = client
        self.environment = environment
        self.pool: Handle = client.get_workflow_handle(pool_workflow(environment))
        self.guests: dict[str, Handle] = {}

    async def open(self, **start: Any) -> None:
        given = PoolStart(pool=PoolSaved(environment=self.environment), **start)
        await self.client.start_workflow(Pool.run, given, id=self.pool.id, task_queue=PLATFORM_QUEUE)

    async def robot(self, name: str, *tags: str, **fields: Any) -> None:
        await self.pool.signal(ROBOT_SIGNAL, self.entry(name, *tags, **fields))

    def entry(self, name: str, *tags: str, **fields: Any) -> RobotEntry:
        return entry_of(name, *tags, environment=self.environment, **fields)

    async def guest(self, name: str) -> Handle:
        if name not in self.guests:
            self.guests[name] = await self.client.start_workflow(
                Guest.run, id=f"{self.environment}/{name}", task_queue=self.environment
            )
        return self.guests[name]

    async def ask(self, name: str, *needs: str, **fields: Any) -> LeaseRequest:
        guest = await self.guest(name)
        given = {"run": guest.id, "first_run_id": guest.first_execution_run_id}
        request = request_of(f"{self.environment}/{name}", *needs, **given | fields)
        await self.pool.signal(REQUEST_SIGNAL, request)
        return request

    async def give_back(self, name: str) -> None:
        await self.pool.signal(RETURNED_SIGNAL, LeaseReturn(id=f"{self.environment}/{name}"))

    async def heard(self, name: str) -> Heard:
        heard: Heard = await self.guests[name].query(Guest.heard)
        return heard

    async def placed(self, name: str, count: int = 1) -> Sequence[Placement]:
        return (await until(lambda: self.heard(name), lambda heard: len(heard.placed) >= count)).placed

    async def delayed(self, name: str) -> Sequence[Delay]:
        return (await until(lambda: self.heard(name), lambda heard: bool(heard.delayed))).delayed

    async def returned(self, name: str) -> Sequence[RobotReturned]:
        return (await until(lambda: self.heard(name), lambda heard: bool(heard.returned))).returned

    async def overview(self) -> Overview:
        return await overview(self.client, self.environment)

    async def overview_or_nothing(self) -> Overview | None:
        with suppress(RPCError):
            return await self.overview()
        return None

    async def holding(self, count: int) -> Overview:
        """Wait until so many leases are held."""
        return await until(self.overview, lambda found: len(found.leases) == count)

    async def execution(self) -> str:
        return (await self.pool.describe()).run_id or ""


@pytest.fixture
async def house(client: Client, queue: str) -> AsyncIterator[House]:
    house = House(client, queue)
    async with serving(client), Worker(client, task_queue=queue, workflows=[Guest]):
        yield house
        for guest in house.guests.values():
            if (await guest.describe()).close_time is None:
                await guest.terminate()
        await house.pool.terminate()


async def test_a_run_gets_a_robot_and_the_next_one_gets_it_after_it_is_given_back(house: House) -> None:
    await house.open()
    await house.robot("r1")

    await house.ask("a")
    await house.placed("a")
    await house.ask("b")
    (delay,) = await house.delayed("b")
    why = await explanation(house.client, house.environment, f"{house.environment}/b")
    await house.give_back("a")
    (placement,) = await house.placed("b")

    assert f"waits for a robot with the tag browser: r1 is busy with run {house.environment}/a at step pay" in delay.why
    assert why is not None
    assert [f"{house.environment}/a"] == [lease.request.run for lease in why.holders]
    assert ("r1", 2) == (placement.robot, placement.lease)


async def test_what_was_granted_is_told_again_to_who_asks_again(house: House) -> None:
    await house.open()
    await house.robot("r1", slots=2)

    await house.ask("a")
    await house.placed("a")
    await house.ask("a")
    first, again = await house.placed("a", 2)

    assert first == again
    assert 1 == len((await house.overview()).leases)


async def test_nothing_is_lost_when_the_pool_begins_a_new_history(house: House) -> None:
    await house.open(longest=20)
    await house.robot("r1")
    before = await house.execution()

    names = [f"run-{number}" for number in range(8)]
    for name in names:
        await house.ask(name)
    numbers = []
    for name in names:
        (placement,) = await house.placed(name)
        numbers.append(placement.lease)
        await house.give_back(name)
    found = await house.holding(0)

    assert sorted(numbers) == numbers == list(range(1, 9))
    assert (8, ()) == (found.granted, found.waiting)
    assert before != await house.execution()


async def test_what_a_terminated_run_held_is_found_and_given_to_the_next(house: House) -> None:
    await house.open(pause=timedelta(milliseconds=300))
    await house.robot("r1")

    await house.ask("a")
    await house.placed("a")
    await house.ask("b")
    await house.guests["a"].terminate()
    (placement,) = await house.placed("b")

    assert ("r1", 2) == (placement.robot, placement.lease)


async def test_a_run_of_the_same_name_that_began_later_is_another_run(client: Client, house: House) -> None:
    await house.open()
    guest = await house.guest("a")
    there = RunEnded(run=guest.id, first_run_id=guest.first_execution_run_id)
    before, never = RunEnded(run=guest.id, first_run_id="of-another"), RunEnded(run=f"{guest.id}/never")

    ended = await Auditor(client).audit([there, before, never])

    assert [before, never] == ended


async def test_who_cannot_be_told_gets_nothing(house: House) -> None:
    await house.open()
    await house.robot("r1")

    await house.pool.signal(REQUEST_SIGNAL, request_of("x", run=f"{house.environment}/nobody"))
    await house.ask("a")
    await house.placed("a")
    await house.give_back("a")
    found = await house.holding(0)

    assert 2 == found.granted


async def test_what_runs_are_still_to_be_told_is_told_by_the_next_execution(house: House) -> None:
    guest = await house.guest("a")
    placement = Placement(id="a", robot=None, lease=1)
    others = [Word(run=f"{house.environment}/{number}", said=placement) for number in range(MOST_SENDING)]

    await house.open(words=(*others, Word(run=guest.id, said=placement)))

    assert (placement,) == await house.placed("a")


async def test_runs_hear_what_is_left_of_their_sessions_after_a_robot_has_come_back(house: House) -> None:
    await house.open()
    await house.robot("r1", slots=2)
    kept, gone = await house.ask("a"), await house.ask("b")
    await house.placed("a")
    await house.placed("b")

    await house.robot("r1", slots=2, incarnation="r1/2", sessions=(kept.id,))
    found = await house.holding(1)
    (of_a,) = await house.returned("a")
    (of_b,) = await house.returned("b")

    assert [3] == [lease.number for lease in found.leases]
    assert RobotReturned(robot="r1", kept=(Placement(id=kept.id, robot="r1", lease=3),)) == of_a
    assert RobotReturned(robot="r1", gone=(gone.id,)) == of_b


async def test_operators_say_how_much_there_is_and_what_is_gone(house: House) -> None:
    await house.open()
    await house.robot("r1", presence="lost")

    said = await house.pool.execute_update(LIMITS_UPDATE, LimitRequest(name="sap", shares=1))
    for name in ("a", "b"):
        await house.ask(name, kind="share", limits={"sap": 5})
    await house.placed("a")
    (delay,) = await house.delayed("b")
    with pytest.raises(WorkflowUpdateFailedError) as unknown:
        await house.pool.execute_update(FORGET_UPDATE, ForgetRequest(robot="r9"))
    await house.robot("r2")
    with pytest.raises(WorkflowUpdateFailedError) as here:
        await house.pool.execute_update(FORGET_UPDATE, ForgetRequest(robot="r2"))
    await house.pool.execute_update(FORGET_UPDATE, ForgetRequest(robot="r1"))
    await house.pool.signal(ENDED_SIGNAL, RunEnded(run=house.guests["a"].id))
    await house.placed("b")
    found = await house.overview()

    assert {"sap": 1} == said == found.limits
    assert delay.why.startswith(f"the only share of 'sap' is held by run {house.environment}/a at step pay since")
    assert "there is no robot 'r9' in environment" in str(unknown.value.cause)
    assert "robot 'r2' is here: stop it first" in str(here.value.cause)
    assert ["r2"] == [entry.card.robot for entry in found.robots]


async def test_a_pool_that_was_terminated_has_a_successor_that_knows_its_robots(house: House) -> None:
    names = {house.environment: f"{house.environment}-ours", "elsewhere": f"{house.environment}-theirs"}
    robots = []
    for environment, name in names.items():
        state = RobotState(known=Known(card=card(name, environment=environment), presence="offline", since=time()))
        robots.append(
            await house.client.start_workflow(
                Robot.run, state, id=robot_workflow(RobotId(name)), task_queue=PLATFORM_QUEUE
            )
        )
    query = f"WorkflowType = 'aether.robot' AND WorkflowId STARTS_WITH 'robot/{house.environment}'"
    await until(lambda: house.client.count_workflows(query), lambda found: found.count == len(names))
    await until(house.overview_or_nothing, lambda found: found is not None and bool(found.robots))

    await house.pool.terminate()
    await start_pool(house.client, house.environment)
    found = await until(house.overview, lambda found: bool(found.robots))
    await forget_robot(house.client, house.environment, names[house.environment], by="ada")
    after = await house.overview()
    await forget_robot(house.client, house.environment, "never-seen", by="ada")
    for robot in robots:
        await robot.terminate()

    assert [names[house.environment]] == [entry.card.robot for entry in found.robots]
    assert () == after.robots


async def test_pools_are_found_and_each_is_started_once(client: Client, house: House) -> None:
    await start_pool(client, house.environment)
    before = await house.execution()
    await start_pool(client, house.environment)

    await until(lambda: environments(client), lambda found: house.environment in found)

    assert before == await house.execution()
