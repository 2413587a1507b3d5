"""When a robot takes new work from shared queues, and what becomes of what it has begun."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.client import ActivityFailureError, ActivityHandle, Client

from tests.support.eventually import eventually
from workers.breaker import Part
from workers.intake import Intake
from workers.services import Service
from workers.watching import SHUTDOWN, Underway
from workflows.call import StepCall
from workflows.spec import Effect

CALL = StepCall(
    run="pay/1", document="pay", step="wait", place="wait", attempt=1, key="k", effect=Effect.READ, timeout=30
)


@dataclass
class Desk:
    """A robot that does one kind of work, and takes it from one queue."""

    client: Client
    queue: str
    done: asyncio.Event = field(default_factory=asyncio.Event)
    begun: list[str] = field(default_factory=list)
    ended: list[tuple[Part, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.underway = Underway(lambda part, error: self.ended.append((part, error is None)))
        service = Service(self.queue, (self.work,), most=5, grace=timedelta(days=1))
        self.intake = Intake([service], self.client, self.underway)

    @activity.defn(name="work")
    async def work(self, _params: dict[str, Any], call: StepCall) -> str:
        """Work until somebody says that it is done."""
        self.begun.append(call.run)
        await self.done.wait()
        if call.run == "fails":
            raise ValueError(call.run)
        return call.run

    async def order(self, run: str, *, within: timedelta = timedelta(seconds=30)) -> ActivityHandle[Any]:
        """Have something done by whoever takes it, and again if nobody has done it in time."""
        return await self.client.start_activity(
            "work",
            args=[{}, CALL.model_copy(update={"run": run})],
            id=f"{run}-{uuid4().hex[:6]}",
            task_queue=self.queue,
            start_to_close_timeout=within,
            result_type=str,
        )


@asynccontextmanager
async def desk(client: Client, queue: str) -> AsyncIterator[Desk]:
    """A desk that is closed at first, and at the end."""
    kept = Desk(client, queue)
    try:
        yield kept
    finally:
        kept.done.set()
        await kept.intake.finish(within=timedelta(seconds=60))


async def test_nothing_is_taken_until_nothing_is_in_the_way(client: Client, queue: str) -> None:
    async with desk(client, queue) as robot:
        robot.done.set()
        first = await robot.order("first")
        robot.intake.hinder("failing", "the disk is full")
        robot.intake.hinder("mode", "")
        early = list(robot.begun)

        robot.intake.hinder("failing", "")
        told = await first.result()

    assert ([], "first") == (early, told)
    assert [("machine", True)] == robot.ended


async def test_what_was_begun_is_finished_when_nothing_new_is_taken(client: Client, queue: str) -> None:
    async with desk(client, queue) as robot:
        robot.intake.hinder("mode", "")
        first = await robot.order("first")
        await eventually(lambda: robot.begun == ["first"])
        [step] = robot.underway.steps

        robot.intake.hinder("mode", "paused")
        # Given out at the very moment, it is lost: Temporal gives it out again when its time is up.
        second = await robot.order("second", within=timedelta(seconds=2))
        robot.intake.hinder("mode", "")
        await eventually(lambda: "second" in robot.begun)
        robot.done.set()
        told = [await first.result(), await second.result()]

    assert ["first", "second"] == told
    assert ("first", "wait", "work") == (step.run, step.place, step.node)
    assert () == robot.underway.steps


async def test_what_takes_too_long_is_handed_back_when_the_robot_stops(client: Client, queue: str) -> None:
    async with desk(client, queue) as robot:
        robot.intake.hinder("mode", "")
        first = await robot.order("first")
        await eventually(lambda: robot.begun == ["first"])

        await robot.intake.finish(within=timedelta(milliseconds=50))

        with pytest.raises(ActivityFailureError) as caught:
            await first.result()
    assert SHUTDOWN == getattr(caught.value.cause, "type", None)
    assert [] == robot.ended


async def test_how_work_ended_is_told(client: Client, queue: str) -> None:
    async with desk(client, queue) as robot:
        robot.intake.hinder("mode", "")
        robot.done.set()
        await robot.order("fails")
        await eventually(lambda: bool(robot.ended))

    assert ("machine", False) == robot.ended[0]


async def test_what_is_closed_and_opened_again_at_once_serves(client: Client, queue: str) -> None:
    async with desk(client, queue) as robot:
        robot.done.set()
        for _ in range(10):
            robot.intake.hinder("mode", "")
            await asyncio.sleep(0)
            robot.intake.hinder("mode", "paused")
        robot.intake.hinder("mode", "")
        order = await robot.order("first", within=timedelta(seconds=2))  # as above
        told = await order.result()

    assert "first" == told
