"""Activities of a run that have not ended: what the server knows of them, and what one can do to them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflowservice.v1 import PauseActivityRequest, ResetActivityRequest, UnpauseActivityRequest
from temporalio.client import Client, WorkflowHandle


async def begun(run: WorkflowHandle[Any, Any], kind: str) -> str:
    """Wait until a robot has taken an activity of this type, and give its id."""
    started = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
    async with asyncio.timeout(90):
        while True:
            for each in (await run.describe()).raw_description.pending_activities:
                if each.activity_type.name == kind and each.state == started:
                    return each.activity_id
            await asyncio.sleep(0.02)


async def ended(run: WorkflowHandle[Any, Any], kind: str) -> None:
    """Wait until no activity of this type is left."""
    async with asyncio.timeout(90):
        while any(  # noqa: ASYNC110 - only the server can tell
            each.activity_type.name == kind for each in (await run.describe()).raw_description.pending_activities
        ):
            await asyncio.sleep(0.02)


@dataclass(frozen=True, slots=True)
class Operator:
    """Someone at Temporal's own tools, who does things to an activity that has begun."""

    client: Client
    run: WorkflowHandle[Any, Any]
    activity: str
    """Its id."""

    async def pause(self) -> None:
        """Pause it and wait until its robot has let go of it."""
        await self.client.workflow_service.pause_activity(PauseActivityRequest(**self._place))
        paused = PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED
        async with asyncio.timeout(90):
            while [paused] != [  # noqa: ASYNC110 - only the server can tell
                each.state
                for each in (await self.run.describe()).raw_description.pending_activities
                if each.activity_id == self.activity
            ]:
                await asyncio.sleep(0.02)

    async def unpause(self, *, as_new: bool = False) -> None:
        """Let it go on, with its attempts counted from one if need be."""
        wanted = UnpauseActivityRequest(**self._place, reset_attempts=as_new, reset_heartbeat=as_new)
        await self.client.workflow_service.unpause_activity(wanted)

    async def reset(self) -> None:
        """Have it begin anew, as if it never had."""
        await self.client.workflow_service.reset_activity(ResetActivityRequest(**self._place, reset_heartbeat=True))

    @property
    def _place(self) -> dict[str, Any]:
        execution = WorkflowExecution(workflow_id=self.run.id)
        return {"namespace": self.client.namespace, "execution": execution, "id": self.activity}
