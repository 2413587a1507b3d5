"""Restart a service."""

from __future__ import annotations

from datetime import timedelta

from activities.node import node
from activities.sessions.system import SYSTEM, OneService, Service, System
from workflows.spec import Effect


class Restart(OneService):
    """Which service shall begin anew."""


@node("service.restart", needs=SYSTEM, effect=Effect.IDEMPOTENT, label="service", timeout=timedelta(minutes=2))
async def restart(system: System, params: Restart) -> Service:
    """Have a service of the robot's machine begin anew, or begin if it does not run; it must stay for a second.

    Should the robot be lost meanwhile, the step is repeated, and the service begins once more. Robots restart only
    what their setting `system.services` names.

    ```yaml
    - do: service.restart
      with: {service: office-sync, scope: user}
    ```
    """
    await system.restart(params.service, params.scope)
    return await system.service(params.service, params.scope)
