"""One robot as a process of its own."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.client import Client

from tests.support import warm
from tests.support.server import ROBOTS
from tests.support.warm import Warm
from workers.connection import Connection
from workers.pollers import wait_for_poller
from workers.server import ServerConfig
from workers.settings import RobotSettings, Settings
from workflows.ids import robot_queue

_PATIENCE = timedelta(minutes=2)
"""For a robot to start on a machine that does much else."""


def own_tag() -> str:
    """A tag that no robot of another test has."""
    return f"t{uuid4().hex[:8]}"


def robot_settings(
    server: ServerConfig, directory: Path, payloads: Path, *, tag: str | None = None, name: str = "robot", **robot: Any
) -> Settings:
    """What a robot of the namespace for whole robots needs to know."""
    tag = tag or own_tag()
    settings = Settings.located(
        directory,
        temporal=Connection(address=server.address, namespace=ROBOTS),
        robot=RobotSettings(id=f"{name}-{tag}", tags=(tag,), **{"grace": "3s", **robot}),
    )
    return settings.model_copy(update={"payloads": payloads})


async def start_robot(
    settings: Settings, *, output: int = DEVNULL, around: Sequence[str] = (), environ: Mapping[str, str] | None = None
) -> Process:
    """Start a robot's process, by a command `around` its own and with more environment if need be."""
    return await asyncio.create_subprocess_exec(
        *around,
        *(sys.executable, "-m", "workers.robot"),
        env={**os.environ, **settings.variables(), **(environ or {})},
        stdout=output,
        stderr=STDOUT,
    )


async def start_warm_robot(settings: Settings) -> Warm:
    """Start a robot's process in a fraction of the time, from one that has loaded its modules."""
    environ = {**os.environ, **settings.variables()}
    nothing = os.open(os.devnull, os.O_RDWR)
    try:
        return await warm.begin("robot", (), directory=Path.cwd(), environ=environ, streams=[nothing] * 3)
    finally:
        os.close(nothing)


async def serving(client: Client, settings: Settings) -> None:
    """Wait until a robot that was started works."""
    kind = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
    await wait_for_poller(client, robot_queue(settings.robot_id()), kind, patience=_PATIENCE)


async def kill(process: Process | Warm) -> None:
    """End a robot as a power cut would, unless it has ended."""
    if process.returncode is None:
        process.kill()
    await process.wait()


@asynccontextmanager
async def working_robot(client: Client, settings: Settings) -> AsyncIterator[Warm]:
    """A robot that works, until it is killed at the end of the block."""
    process = await start_warm_robot(settings)
    try:
        await serving(client, settings)
        yield process
    finally:
        await kill(process)
