"""What people see of robots that are processes of their own, and what they have them do."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from tests.support.aether import Aether
from tests.support.robot import robot_settings, start_warm_robot, working_robot
from tests.support.warm import Warm
from workers.robots import NoSuchRobotError, Robot, find_robot
from workers.server import ServerConfig
from workers.settings import Settings


@pytest.fixture
def settings(server: ServerConfig, tmp_path: Path, payloads: Path) -> Settings:
    return robot_settings(server, tmp_path, payloads)


async def seen(robots_client: Client, settings: Settings, *statuses: str, seconds: float = 90) -> Robot:
    """Wait until a robot is seen with one of some statuses."""
    async with asyncio.timeout(seconds):
        while True:
            try:
                robot = await find_robot(robots_client, settings.robot_id())
            except NoSuchRobotError:
                robot = None
            if robot is not None and robot.status in statuses and (robot.busy or robot.entry.presence != "here"):
                return robot
            await asyncio.sleep(0.1)


@pytest.fixture
def aether(settings: Settings, tmp_path: Path) -> Aether:
    place = settings.temporal
    return Aether(tmp_path, {"TEMPORAL_ADDRESS": place.address, "TEMPORAL_NAMESPACE": place.namespace})


async def test_a_robot_is_seen_and_told_what_to_do(robots_client: Client, settings: Settings, aether: Aether) -> None:
    name = settings.robot_id()
    async with working_robot(robots_client, settings) as process:
        await seen(robots_client, settings, "idle")
        text = await aether("robot", "list")
        rows = await aether("robot", "list", "-o", "jsonl")
        page = await aether("robot", "show", name)
        data = (await aether("robot", "show", name, "-o", "json")).data
        second = await aether("robot", "start", "--id", name)
        paused = await aether("robot", "pause", name, "--why", "new disk")
        tagged = await aether("robot", "tag", name, "--add", "gpu", "-o", "json")
        wrong = await aether("robot", "tag", name, "--remove", "sap")

        process.send_signal(signal.SIGTERM)
        code = await process.wait()
        gone = await seen(robots_client, settings, "offline")
    async with working_robot(robots_client, settings):
        again = await seen(robots_client, settings, "paused")
        resumed = await aether("robot", "resume", name)
        drained = await aether("robot", "drain", name)
        end = await seen(robots_client, settings, "offline")

    [line] = [line for line in text.out.splitlines() if name in line]
    assert all(word in line for word in ("idle", settings.robot.tags[0], f"0/{settings.robot.max_sessions}"))
    assert name in rows.out
    assert (0, True, True) == (page.code, "node types" in page.out, "chromium" in page.out), page.err
    assert _about(settings, process) == {key: data[key] for key in _about(settings, process)}
    assert (3, True) == (second.code, f"'{name}' is running already: process {process.pid}" in second.err), second.err
    assert (0, 0, ["gpu", *settings.robot.tags]) == (paused.code, tagged.code, tagged.data["tags"])
    assert (2, True) == (wrong.code, "has no tag 'sap'" in wrong.err)
    assert (0, None) == (code, gone.busy)
    assert ("new disk", ("gpu", *settings.robot.tags)) == (again.view.why, again.entry.card.tags)
    assert (0, 0, "offline") == (resumed.code, drained.code, end.status)


def _about(settings: Settings, process: Warm) -> dict[str, Any]:
    return {
        "robot": settings.robot_id(),
        "environment": "default",
        "tags": list(settings.robot.tags),
        "host": socket.gethostname(),
        "pid": process.pid,
        "sessions": {"used": 0, "free": settings.robot.max_sessions, "most": settings.robot.max_sessions},
    }


async def test_a_killed_robot_is_lost_within_seconds_and_its_successor_takes_its_place(
    robots_client: Client, settings: Settings
) -> None:
    async with working_robot(robots_client, settings) as process:
        await seen(robots_client, settings, "idle")

        process.kill()
        killed = time.time()

        took = (await seen(robots_client, settings, "lost")).entry.since - killed
    async with working_robot(robots_client, settings) as process:
        await seen(robots_client, settings, "idle")
        process.kill()
        successor = await start_warm_robot(settings)
        async with asyncio.timeout(90):
            while (known := await seen(robots_client, settings, "idle")).entry.card.pid == process.pid:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        successor.kill()
        await successor.wait()

    assert took <= 15
    assert successor.pid == known.entry.card.pid


async def test_a_robot_without_room_takes_no_work_and_says_why(
    robots_client: Client, settings: Settings, aether: Aether
) -> None:
    short = settings.robot.model_copy(update={"least_free_disk": 2**60})
    async with working_robot(robots_client, settings.model_copy(update={"robot": short})):
        robot = await seen(robots_client, settings, "failing")
        unknown = await aether("robot", "show", settings.robot_id()[:-1])
        forgotten = await aether("robot", "forget", settings.robot_id())

    assert "MiB are free" in robot.entry.failing
    assert 2 == unknown.code
    assert f"no robot {settings.robot_id()[:-1]!r}; did you mean '{settings.robot_id()}'" in unknown.err
    assert (2, True) == (forgotten.code, "stop it first" in forgotten.err)
