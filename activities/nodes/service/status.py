"""Look at a service."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.system import SYSTEM, OneService, Service, System
from workflows.spec import Effect


class Status(OneService):
    """Which service to look at."""


@node("service.status", needs=SYSTEM, effect=Effect.READ, label="service", timeout=timedelta(seconds=30))
async def status(system: System, params: Status) -> Service:
    """Tell how a service of the robot's machine is.

    ```yaml
    - id: sync
      do: service.status
      with: {service: office-sync, scope: user}
    - assert: ${{ sync.state in ["running", "stopped"] }}
    ```
    """
    return await system.service(params.service, params.scope)
