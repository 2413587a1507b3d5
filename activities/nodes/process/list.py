"""List the programs that run on the robot's machine."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Params, Result, node
from activities.sessions.system import SYSTEM, Running, System
from workflows.spec import Effect


class List(Params):
    """Which programs to list."""

    name: str | None = None
    """The name of a program, with `*` and `?` as wildcards; all by default."""


class Listing(Result):
    """What runs, the oldest first."""

    processes: tuple[Running, ...]
    """Each process."""
    count: int
    """How many there are."""


@node("process.list", needs=SYSTEM, effect=Effect.READ, label="name", timeout=timedelta(seconds=30))
async def list_processes(system: System, params: List) -> Listing:
    """List the programs that run on the robot's machine, whoever runs them.

    What they were told on their command lines is left out, since it may hold passwords.

    ```yaml
    - id: offices
      do: process.list
      with: {name: "soffice*"}
    ```
    """
    processes = tuple(await system.running(params.name))
    return Listing(processes=processes, count=len(processes))
