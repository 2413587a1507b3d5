"""Start a service."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Result, node
from activities.sessions.system import SYSTEM, OneService, Service, System
from workflows.spec import Effect


class Start(OneService):
    """Which service shall run."""


class Started(Result):
    """The service that runs."""

    service: Service
    """How it is."""
    changed: bool
    """Whether it did not run before."""


@node("service.start", needs=SYSTEM, effect=Effect.IDEMPOTENT, label="service", timeout=timedelta(minutes=2))
async def start(system: System, params: Start) -> Started:
    """Have a service of the robot's machine run: it is started unless it runs, and must stay for a second.

    Services that do their work and end (systemd's `oneshot`) are refused, since nothing says afterwards that they run.
    Robots start only what their setting `system.services` names.

    ```yaml
    - do: service.start
      with: {service: office-sync, scope: user}
    ```
    """
    changed = await system.start(params.service, params.scope)
    return Started(service=await system.service(params.service, params.scope), changed=changed)
