"""Stop a service."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Result, node
from activities.sessions.system import SYSTEM, OneService, Service, System
from workflows.spec import Effect


class Stop(OneService):
    """Which service shall not run."""


class Stopped(Result):
    """The service that does not run."""

    service: Service
    """How it is."""
    changed: bool
    """Whether it ran before."""


@node("service.stop", needs=SYSTEM, effect=Effect.IDEMPOTENT, label="service", timeout=timedelta(minutes=2))
async def stop(system: System, params: Stop) -> Stopped:
    """Have a service of the robot's machine not run: it is stopped if it does.

    Robots stop only what their setting `system.services` names.

    ```yaml
    - do: service.stop
      with: {service: office-sync, scope: user}
    ```
    """
    changed = await system.stop(params.service, params.scope)
    return Stopped(service=await system.service(params.service, params.scope), changed=changed)
