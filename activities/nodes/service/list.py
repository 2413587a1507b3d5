"""List the services of the robot's machine."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Params, Result, node
from activities.sessions.system import SYSTEM, Scope, Service, State, System
from workflows.spec import Effect


class List(Params):
    """Which services to list."""

    name: str = "*"
    """The name of a service, with `*` and `?` as wildcards."""
    state: State | None = None
    """How they must be; by default all are listed."""
    scope: Scope = "system"
    """Whose services are meant: the machine's, or those of the robot's own user (Linux)."""


class Listing(Result):
    """The services, by name."""

    services: tuple[Service, ...]
    """Each service."""
    count: int
    """How many there are."""


@node("service.list", needs=SYSTEM, effect=Effect.READ, label="name", timeout=timedelta(minutes=1))
async def list_services(system: System, params: List) -> Listing:
    """List the services of the robot's machine: systemd's on Linux, those of Windows on Windows.

    ```yaml
    - id: down
      do: service.list
      with: {state: failed, scope: user}
    ```
    """
    found = await system.services(params.name, params.scope)
    services = tuple(each for each in found if params.state in {None, each.state})
    return Listing(services=services, count=len(services))
