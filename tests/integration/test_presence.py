"""A robot's presence on a real server: it comes, is here, is told what to do, leaves or vanishes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.worker import Worker

from tests.support.cards import card
from tests.support.eventually import eventually
from tests.support.presences import BRIEF, DESK, SILENCE, Village, village
from workers.attendance import RobotTakenError, refuse_second
from workers.machine import this_machine
from workers.robots import (
    NoSuchRobotError,
    RobotRefusedError,
    change_tags,
    find_robot,
    find_robots,
    forget,
    node_types,
    set_mode,
)
from workflows.fleet import PRESENCE_ACTIVITY, REGISTER_UPDATE, ModeRequest, Order, RobotReport, TagsRequest
from workflows.ids import RobotId
from workflows.robot import Robot, RobotState

ELSEWHERE = replace(DESK, host="attic", key="attic/1")
NOBODY = 2**22 + 1
"""A process that is not there."""


@pytest.fixture
async def place(client: Client, queue: str) -> AsyncIterator[Village]:
    async with village(client, queue) as place:
        yield place


async def test_a_robot_that_comes_is_seen_and_its_pool_is_told(place: Village) -> None:
    async with place.present(tags=("sap",)) as process:
        await process.register()
        [entry] = await place.told(1)
        async with asyncio.timeout(90):
            while (robot := await find_robot(place.client, place.name)).busy is None:  # noqa: ASYNC110 - only the server can tell
                await asyncio.sleep(0.05)
        listed = [each.id for each in await find_robots(place.client)]
        nodes = await node_types(place.client, robot.id)
        described = await place.robot.describe()
        await place.goodbye(process)

    attributes = {pair.key.name: pair.value for pair in described.typed_search_attributes}
    assert ("here", ("sap",), "one") == (entry.presence, entry.card.tags, entry.card.incarnation)
    assert ("idle", 0.5, 0) == (robot.status, robot.busy.cpu, robot.sessions)
    assert place.name in listed
    assert {"files.read": "abc"} == nodes
    assert {} == robot.entry.card.nodes
    assert ("Online", ["browser", "files", "sap"]) == (attributes["AetherStatus"], attributes["AetherTags"])
    assert 2 * [Order(mode="serving", tags=("sap",))] == place.orders


async def test_a_robot_that_says_goodbye_is_offline_at_once_and_costs_nothing(place: Village) -> None:
    async with place.present() as process:
        await place.goodbye(process)
        view = await place.seen(lambda view: view.entry.presence == "offline")
    described = await place.robot.describe()
    robot = await find_robot(place.client, place.name)

    assert not view.entry.takes_work
    assert [] == list(described.raw_description.pending_activities)
    assert ("offline", None) == (robot.status, robot.busy)
    assert ["here", "offline"] == [entry.presence for entry in await place.told(2)]


async def test_a_robot_that_vanishes_is_lost_and_the_same_process_may_come_back(place: Village) -> None:
    place.silence = BRIEF
    async with place.present() as process:
        pass
    await place.seen(lambda view: view.entry.presence == "lost")

    async with place.serving(process):
        keeping = asyncio.create_task(process.keep())
        await place.seen(lambda view: view.entry.presence == "here")
        keeping.cancel()
        await place.goodbye(process)

    assert ["here", "lost", "here"] == [entry.presence for entry in (await place.told(3))[:3]]


async def test_a_second_process_is_refused_while_the_first_is_here(place: Village) -> None:
    here = this_machine()
    async with place.present(machine=here, pid=here.pid, started=here.started) as process:
        with pytest.raises(RobotTakenError, match=rf"process {here.pid} on .*, since .*--id"):
            await place.attendance("two", machine=here).register()
        with pytest.raises(RobotTakenError, match="is running already"):
            await place.attendance("two", machine=ELSEWHERE).register()
        view = await place.view()
        await place.goodbye(process)

    assert "one" == view.entry.card.incarnation


async def test_a_process_elsewhere_comes_as_soon_as_its_predecessor_is_lost(place: Village) -> None:
    place.silence = BRIEF
    async with place.present():
        pass

    async with place.present("two", machine=ELSEWHERE) as process:
        entries = await place.told(3)
        await place.goodbye(process)

    assert [("one", "here"), ("one", "lost"), ("two", "here")] == [
        (entry.card.incarnation, entry.presence) for entry in entries
    ]


async def test_a_process_takes_the_place_of_one_that_is_known_to_be_dead_at_once(place: Village) -> None:
    here = this_machine()
    dead = replace(here, pid=NOBODY)
    async with place.present(machine=dead, pid=dead.pid):
        async with asyncio.timeout(SILENCE.total_seconds()):
            await refuse_second(place.client, RobotId(place.name), here)
            successor = place.attendance("two", machine=here)
            await successor.register()
        entries = (await place.told(2))[:2]
        await place.goodbye(successor)

    assert [(None, "one"), ("one", "two")] == [(entry.card.replaces, entry.card.incarnation) for entry in entries]
    assert ["here", "here"] == [entry.presence for entry in entries]


async def test_a_living_process_of_this_machine_is_noticed_before_anything_is_done(place: Village) -> None:
    here = this_machine()
    async with place.present(machine=here, pid=here.pid, started=here.started) as process:
        with pytest.raises(RobotTakenError, match=f"process {here.pid}"):
            await refuse_second(place.client, RobotId(place.name), here)
        await refuse_second(place.client, RobotId("nobody"), here)
        await place.goodbye(process)


async def test_a_robot_that_is_paused_is_told_and_stays_paused_when_it_starts_anew(place: Village) -> None:
    paused, served = Order(mode="paused", tags=()), Order(mode="serving", tags=())
    async with place.present() as process:
        await set_mode(place.client, place.name, ModeRequest(mode="paused", by="ada", why="lunch"))
        await eventually(lambda: paused in place.orders)
        await place.goodbye(process)
        await place.seen(lambda view: view.entry.presence == "offline")
    place.orders.clear()

    async with place.present("two") as process:
        view = await place.view()
        ordered = place.orders[0]
        await set_mode(place.client, place.name, ModeRequest(mode="serving", by="bob"))
        await eventually(lambda: served in place.orders)
        await place.goodbye(process)

    assert (paused, "ada", "lunch") == (ordered, view.by, view.why)


async def test_a_robot_gets_other_tags_while_it_runs(place: Village) -> None:
    async with place.present(tags=("sap",)) as process:
        view = await change_tags(place.client, place.name, TagsRequest(add=("gpu",), remove=("sap",), by="ada"))
        await eventually(lambda: Order(mode="serving", tags=("gpu",)) in place.orders)
        with pytest.raises(RobotRefusedError, match="has no tag 'sap'"):
            await change_tags(place.client, place.name, TagsRequest(remove=("sap",)))
        await place.goodbye(process)

    assert ("gpu",) == view.entry.card.tags


async def test_what_a_robot_reports_is_told_to_its_pool(place: Village) -> None:
    async with place.present() as process:
        heard = await process.report(RobotReport(incarnation="one", load="full", failing="the disk is full"))
        view = await place.seen(lambda view: bool(view.entry.failing))
        await process.report(RobotReport(incarnation="other", failing=""))
        entries = await place.told(2)
        robot = await find_robot(place.client, place.name)
        await place.goodbye(process)

    assert heard
    assert ("full", "the disk is full") == (view.entry.load, view.entry.failing)
    assert "the disk is full" == entries[1].failing
    assert "failing" == robot.status


async def test_what_its_system_asks_of_a_robot_is_told_too(place: Village) -> None:
    async with place.present() as process:
        await process.announce(ModeRequest(mode="draining", why="SIGTERM"))
        view = await place.view()
        with pytest.raises(RobotRefusedError, match="is draining"):
            await set_mode(place.client, place.name, ModeRequest(mode="serving"))
        await place.goodbye(process)
        await place.seen(lambda view: view.entry.presence == "offline")

    assert ("draining", "SIGTERM") == (view.entry.mode, view.why)


async def test_a_robot_that_moves_to_another_environment_leaves_the_pool_of_the_first(place: Village) -> None:
    async with place.present() as process:
        await place.goodbye(process)
        await place.seen(lambda view: view.entry.presence == "offline")
    async with place.present("two", environment=f"{place.environment}-2") as process:
        entries = await place.told(3)
        await place.goodbye(process)

    assert [("here", "one"), ("offline", "one"), ("offline", "one")] == [
        (entry.presence, entry.card.incarnation) for entry in entries
    ]


@pytest.mark.parametrize("state", [{"renewal": timedelta(milliseconds=300)}, {"longest": 20}], ids=["old", "long"])
async def test_a_new_history_begins_without_a_loss(place: Village, state: dict[str, object]) -> None:
    begun = RobotState.model_validate({"silence": SILENCE, **state})
    handle = await place.client.start_workflow(Robot.run, begun, id=place.robot.id, task_queue=place.queue)
    async with place.present() as process:
        await set_mode(place.client, place.name, ModeRequest(mode="paused", by="ada"))
        async with asyncio.timeout(90):
            while (await place.robot.describe()).run_id == handle.first_execution_run_id:
                await set_mode(place.client, place.name, ModeRequest(mode="paused", by="ada"))
                await asyncio.sleep(0.05)
        await attended(place)
        view = await place.view()
        told = {entry.presence for entry in await place.told(2)}
        await place.goodbye(process)

    assert ("here", "paused", "ada") == (view.entry.presence, view.entry.mode, view.by)
    assert {"here"} == told


async def attended(place: Village) -> None:
    """Wait until the history of the moment has its process tell that it is here: nothing else keeps it from a loss."""
    started = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
    async with asyncio.timeout(90):
        while not any(  # noqa: ASYNC110 - only the server can tell
            each.activity_type.name == PRESENCE_ACTIVITY and each.state == started
            for each in (await place.robot.describe()).raw_description.pending_activities
        ):
            await asyncio.sleep(0.05)


async def test_a_new_history_of_a_robot_that_is_away_begins_nothing(place: Village) -> None:
    begun = RobotState(silence=SILENCE, longest=20)
    handle = await place.client.start_workflow(Robot.run, begun, id=place.robot.id, task_queue=place.queue)
    async with place.present() as process:
        await process.leave()
    async with asyncio.timeout(90):
        while (described := await place.robot.describe()).run_id == handle.first_execution_run_id:
            await change_tags(place.client, place.name, TagsRequest(add=("sap",)))

    view = await place.view()

    assert ("offline", ("sap",)) == (view.entry.presence, view.entry.card.tags)
    assert [] == list(described.raw_description.pending_activities)


async def test_a_pool_that_somebody_ended_is_started_again_for_the_news(place: Village) -> None:
    async with place.present() as process:
        await place.told(1)
        await place.pool.terminate()
        await place.goodbye(process)
        async with asyncio.timeout(90):
            while (await place.told(1))[0].presence != "offline":  # noqa: ASYNC110 - only the server can tell
                await asyncio.sleep(0.05)


async def test_an_activity_that_was_meant_for_a_predecessor_is_refused(place: Village) -> None:
    other = place.attendance("two")
    async with place.serving(other):
        process = place.attendance("one")
        await process.register()
        view = await place.seen(lambda view: view.entry.presence == "lost")

    assert "one" == view.entry.card.incarnation


async def test_a_robot_registers_as_soon_as_an_orchestrator_is_there(client: Client, queue: str) -> None:
    place = Village(client, queue, "nowhere")
    registering = asyncio.create_task(place.attendance().register())
    await asyncio.sleep(0.5)
    early = registering.done()

    async with Worker(client, task_queue=queue, workflows=[Robot]):
        await registering
        view = await place.view()
        await place.robot.terminate()

    assert not early
    assert "here" == view.entry.presence


async def test_a_robot_that_nobody_has_seen_yet_can_be_asked_nothing(place: Village) -> None:
    await place.client.start_workflow(Robot.run, RobotState(), id=place.robot.id, task_queue=place.queue)

    await place.robot.signal("report", RobotReport(incarnation="one"))
    await place.robot.signal("leave", "one")

    assert await place.robot.query("view") is None
    with pytest.raises(RobotRefusedError, match="has never been here"):
        await set_mode(place.client, place.name, ModeRequest(mode="paused"))
    with pytest.raises(NoSuchRobotError):
        await find_robot(place.client, place.name)
    await place.robot.terminate()


async def test_what_is_not_there_is_said(place: Village) -> None:
    with pytest.raises(NoSuchRobotError, match="no robot 'nobody'"):
        await find_robot(place.client, "nobody")
    with pytest.raises(NoSuchRobotError, match="no robot 'nobody'"):
        await set_mode(place.client, "nobody", ModeRequest(mode="paused"))


async def test_a_robot_is_forgotten_once_it_is_not_there(place: Village) -> None:
    async with place.present() as process:
        with pytest.raises(RobotRefusedError, match="stop it first"):
            await forget(place.client, place.name, by="ada")
        await place.goodbye(process)
        await place.seen(lambda view: view.entry.presence == "offline")

    await forget(place.client, place.name, by="ada")

    with pytest.raises(NoSuchRobotError):
        await find_robot(place.client, place.name)


async def test_a_refusal_says_who_has_the_name(place: Village) -> None:
    async with place.present() as process:
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await place.robot.execute_update(REGISTER_UPDATE, card(place.name, "two"))
        await place.goodbye(process)

    assert "RobotTakenError" == getattr(caught.value.cause, "type", None)
