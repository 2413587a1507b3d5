"""A robot for one run only, with a browser that its author can watch."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.client import Client

from workers.children import running
from workers.client import connect
from workers.dev import environment
from workers.pollers import wait_for_poller
from workers.robots import NoSuchRobotError, RobotRefusedError, forget
from workers.settings import Settings
from workflows.errors import ConfigurationError
from workflows.ids import RobotId, robot_queue

_PATIENCE = 3.0
_PAUSE = 0.1
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


@asynccontextmanager
async def own_robot(settings: Settings) -> AsyncIterator[str]:
    """Have a robot on this machine, whose browser shows its window, for as long as the block lasts; give its tag.

    Raises:
        ConfigurationError: there is no screen to show a window on.
    """
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _DISPLAYS):
        raise ConfigurationError(
            "there is no screen to show a browser on (neither DISPLAY nor WAYLAND_DISPLAY is set); "
            "leave '--headed' out, or use 'xvfb-run'"
        )
    tag = f"author-{uuid4().hex[:8]}"
    robot = settings.robot.model_copy(update={"id": tag, "tags": (tag,), "headed": True, "capabilities": ("browser",)})
    own = settings.model_copy(update={"robot": robot})
    log = settings.state / "logs" / f"{tag}.log"
    command = [sys.executable, "-P", "-m", "workers.robot"]
    client = await connect(own)
    try:
        async with running(command, log=log, environ=environment(own.variables())):
            await wait_for_poller(client, robot_queue(RobotId(tag)), TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
            yield tag
    finally:
        await _forget(client, tag)


async def _forget(client: Client, robot: str) -> None:
    """Forget a robot that has just said goodbye; one that has not even come is forgotten already."""
    with suppress(TimeoutError, NoSuchRobotError):
        async with asyncio.timeout(_PATIENCE):
            while True:
                with suppress(RobotRefusedError):  # nobody has heard its goodbye yet
                    await forget(client, robot, by="its run")
                    return
                await asyncio.sleep(_PAUSE)
