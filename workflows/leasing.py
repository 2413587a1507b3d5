"""What a run asks of the pool of its environment."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import TemporalError

from workflows.call import Message
from workflows.fleet import (
    REQUEST_SIGNAL,
    RETURNED_SIGNAL,
    START_POOL_ACTIVITY,
    LeaseRequest,
    LeaseReturn,
)
from workflows.ids import PLATFORM_QUEUE, pool_workflow
from workflows.plan import Plan
from workflows.protocol import FindRobot, OpenSession, TakeShare
from workflows.start import RunInput

_ATTEMPT = timedelta(seconds=10)


class Leases:
    """Tells the pool what the run wants and gives back, one thing after the other: words that cross would mislead."""

    def __init__(self, given: RunInput) -> None:
        self._given = given
        self._outbox: deque[tuple[str, Message]] = deque()
        self._sending: asyncio.Task[None] | None = None
        self.robot = given.near
        """The robot that `affinity: session` binds the run to; None while there is none."""

    def ask(self, plan: Plan, command: OpenSession | TakeShare | FindRobot) -> str:
        """Ask for a session, a share or a robot; give the name by which the pool answers."""
        info = workflow.info()
        name = f"{info.first_execution_run_id}/{command.number}"
        given = self._given
        request = LeaseRequest(
            id=name,
            run=info.workflow_id,
            first_run_id=info.first_execution_run_id,
            document=plan.name,
            place=command.place,
            priority=plan.priority if given.priority is None else given.priority,
            tenant=given.tenant,
        )
        self._tell(REQUEST_SIGNAL, request.model_copy(update=self._details(plan, command)))
        return name

    def give_back(self, name: str, *, lost: bool = False) -> None:
        """Give back what was had, or want no more what was asked for."""
        self._tell(RETURNED_SIGNAL, LeaseReturn(id=name, lost=lost))

    @property
    def busy(self) -> bool:
        """Whether there is something that the pool has not heard yet."""
        return self._sending is not None and not self._sending.done()

    async def settled(self) -> None:
        """Wait until the pool has heard everything."""
        if self._sending is not None:
            await asyncio.shield(self._sending)

    def _details(self, plan: Plan, command: OpenSession | TakeShare | FindRobot) -> dict[str, Any]:
        if isinstance(command, TakeShare):
            return {"kind": "share", "limits": command.limits}
        capability = command.capability
        nodes = plan.nodes.get(capability, {})
        if isinstance(command, FindRobot):
            return {"kind": "route", "tags": (capability,), "nodes": nodes}
        return {
            "kind": "session",
            "tags": tuple(dict.fromkeys((capability, *plan.needs, *command.needs))),
            "prefer": plan.prefer,
            "affinity": plan.affinity,
            "near": self.robot if plan.affinity == "session" else None,
            "nodes": nodes,
            "robot": self._given.robot,
        }

    def _tell(self, signal: str, message: Message) -> None:
        self._outbox.append((signal, message))
        if not self.busy:
            self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        environment = self._given.environment
        pool = workflow.get_external_workflow_handle(pool_workflow(environment))
        while self._outbox:
            signal, message = self._outbox.popleft()
            try:
                await pool.signal(signal, message)
            except TemporalError:  # nobody has ever asked for anything there
                await workflow.execute_activity(
                    START_POOL_ACTIVITY,
                    environment,
                    task_queue=PLATFORM_QUEUE,
                    start_to_close_timeout=_ATTEMPT,
                    summary=f"start the pool of {environment}",
                )
                self._outbox.appendleft((signal, message))
