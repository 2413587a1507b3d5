"""Wait for a program to run, or to end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Literal

from pydantic import Field

from activities.node import Result, node
from activities.sessions.system import SYSTEM, Running, System, Which
from workflows.duration import Duration, format_duration
from workflows.errors import EventExpiredError
from workflows.spec import Effect

_PAUSE = 0.5


class Wait(Which):
    """What to wait for."""

    until: Literal["running", "gone"]
    """Whether it shall run, or not run any more."""
    within: Duration = Field(default=timedelta(minutes=5), ge=timedelta(0))
    """How long to wait; for longer than nine minutes, give the step a longer `timeout`, too."""


class Waited(Result):
    """What runs now."""

    processes: tuple[Running, ...]
    """The processes that are meant; none where they are gone."""


@node("process.wait", needs=SYSTEM, effect=Effect.READ, label="name", timeout=timedelta(minutes=10))
async def wait(system: System, params: Wait) -> Waited:
    """Wait until a program runs on the robot's machine, or does not run any more.

    If that does not come about in time, the error is `EventExpiredError`. Without `pid` all processes of this name
    count, whoever runs them.

    ```yaml
    - do: process.wait
      with: {name: backup.exe, until: gone, within: 2m}
    ```
    """
    clock = asyncio.get_running_loop()
    ends = clock.time() + params.within.total_seconds()
    while True:
        found = tuple(await system.find(params))
        if bool(found) == (params.until == "running"):
            return Waited(processes=found)
        if clock.time() >= ends:
            there = ", ".join(str(each.pid) for each in found)
            state = f"still runs (process {there})" if found else "does not run"
            raise EventExpiredError(f"{params.name!r} {state} after {format_duration(params.within)}")
        await asyncio.sleep(_PAUSE)
