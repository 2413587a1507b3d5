"""A robot for one run only, with a browser that its author can watch."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.service import RPCError

from workers.children import running
from workers.client import connect
from workers.dev import environment
from workers.pollers import wait_for_poller
from workers.settings import Settings
from workflows.errors import ConfigurationError
from workflows.ids import RobotId, robot_queue, robot_workflow

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
        with suppress(RPCError):  # it may not even have registered
            await client.get_workflow_handle(robot_workflow(RobotId(tag))).terminate("its run is over")
