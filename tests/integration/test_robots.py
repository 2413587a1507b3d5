"""What people see of robots that are processes of their own."""

from __future__ import annotations

import asyncio
import signal
import socket
from asyncio.subprocess import Process
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from tests.support.aether import Aether
from tests.support.robot import robot_settings, working_robot
from workers.robots import Robot, find_robots
from workers.server import ServerConfig
from workers.settings import Settings
from workflows.ids import robot_queue

UNUSED = "default"
"""A namespace without robots."""


@pytest.fixture
def settings(server: ServerConfig, tmp_path: Path, payloads: Path) -> Settings:
    return robot_settings(server, tmp_path, payloads)


async def known(robots_client: Client, settings: Settings) -> Robot | None:
    return next((robot for robot in await find_robots(robots_client) if robot.id == settings.robot_id()), None)


async def listed(robots_client: Client, settings: Settings, seconds: float, **wanted: object) -> Robot:
    """Wait until a robot is listed with some attributes."""
    async with asyncio.timeout(seconds):
        while not (  # noqa: ASYNC110 - only the server can tell
            (robot := await known(robots_client, settings))
            and all(getattr(robot, name) == value for name, value in wanted.items())
        ):
            await asyncio.sleep(0.1)
    return robot


@pytest.fixture
def aether(settings: Settings, tmp_path: Path) -> Aether:
    place = settings.temporal
    return Aether(tmp_path, {"TEMPORAL_ADDRESS": place.address, "TEMPORAL_NAMESPACE": place.namespace})


async def test_a_robot_is_listed_with_its_tag_within_seconds_and_shown(
    robots_client: Client, settings: Settings, aether: Aether
) -> None:
    async with working_robot(robots_client, settings) as process:
        most = settings.robot.max_sessions
        await listed(robots_client, settings, 5, tags=settings.robot.tags, status="online", most_sessions=most)

        text = await aether("robot", "list")
        rows = await aether("robot", "list", "-o", "jsonl")
        page = await aether("robot", "show", settings.robot_id())
        data = (await aether("robot", "show", settings.robot_id(), "-o", "json")).data

    [line] = [line for line in text.out.splitlines() if settings.robot_id() in line]
    assert "online" in line
    assert settings.robot.tags[0] in line
    assert settings.robot_id() in rows.out
    assert (0, True) == (page.code, "aether.cap.files" in page.out), page.err
    assert _about(settings, process) == {name: data[name] for name in _about(settings, process)}
    assert robot_queue(settings.robot_id()) in {queue["queue"] for queue in data["queues"]}


def _about(settings: Settings, process: Process) -> dict[str, Any]:
    return {
        "robot": settings.robot_id(),
        "capabilities": ["browser", "files", "http"],
        "tags": list(settings.robot.tags),
        "host": socket.gethostname(),
        "pid": process.pid,
        "sessions": {"used": 0, "most": settings.robot.max_sessions},
    }


async def test_a_killed_robot_is_soon_lost(robots_client: Client, settings: Settings) -> None:
    async with working_robot(robots_client, settings) as process:
        await listed(robots_client, settings, 10, tags=settings.robot.tags)

        process.kill()

        robot = await listed(robots_client, settings, 30, status="lost")
    assert settings.robot.tags == robot.tags


async def test_a_robot_that_stops_is_stopping_or_gone(robots_client: Client, settings: Settings) -> None:
    async with working_robot(robots_client, settings) as process:
        await listed(robots_client, settings, 10, tags=settings.robot.tags)

        process.send_signal(signal.SIGTERM)
        await process.wait()

        robot = await known(robots_client, settings)
    assert robot is None or robot.status == "stopping"


async def test_an_unknown_robot_is_an_error_that_names_similar_ones(
    robots_client: Client, settings: Settings, aether: Aether
) -> None:
    async with working_robot(robots_client, settings):
        done = await aether("robot", "show", settings.robot_id()[:-1])

    assert 2 == done.code
    assert f"no robot {settings.robot_id()[:-1]!r}" in done.err
    assert settings.robot_id() in done.err


async def test_without_robots_one_learns_how_to_start_one(server: ServerConfig, tmp_path: Path) -> None:
    aether = Aether(tmp_path, {"TEMPORAL_ADDRESS": server.address, "TEMPORAL_NAMESPACE": UNUSED})

    text, data = await asyncio.gather(aether("robot", "list"), aether("robot", "list", "-o", "json"))

    assert (0, "") == (text.code, text.out)
    assert "aether robot start" in text.err
    assert [] == data.data
