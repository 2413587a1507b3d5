"""End a program."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from activities.node import Result, node
from activities.sessions.system import SYSTEM, System, Which
from activities.sessions.system import Ended as EndedProcess
from workflows.duration import Duration
from workflows.spec import Effect


class End(Which):
    """What to end."""

    grace: Duration = Field(default=timedelta(seconds=5), ge=timedelta(0))
    """How long it may take to end by itself before it is killed."""


class Ended(Result):
    """What was ended."""

    ended: tuple[EndedProcess, ...]
    """Each process that ran and does not any more."""
    count: int
    """How many these are; 0 if none ran."""


@node("process.end", needs=SYSTEM, effect=Effect.IDEMPOTENT, label="name", timeout=timedelta(minutes=1))
async def end(system: System, params: End) -> Ended:
    """End a program that hangs or was left over: it is asked to end, and killed if it does not.

    Without `pid`, all processes of this name are meant that the robot's own user runs. The step is done when none of
    them is there any more, and fails if one comes back. The robot itself and what it has started are never ended: use
    `desktop.close` and `browser.close`. Robots end only what their setting `system.programs` names.

    ```yaml
    - do: process.end
      with: {name: EXCEL.EXE}
    ```
    """
    ended = tuple(await system.end(params, params.grace))
    return Ended(ended=ended, count=len(ended))
