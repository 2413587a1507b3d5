"""What the server knows of a run's activities that have not ended."""

from __future__ import annotations

import asyncio
from typing import Any

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowHandle


async def begun(run: WorkflowHandle[Any, Any], kind: str) -> str:
    """Wait until a robot has taken an activity of this type, and give its id."""
    started = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED
    async with asyncio.timeout(30):
        while True:
            for each in (await run.describe()).raw_description.pending_activities:
                if each.activity_type.name == kind and each.state == started:
                    return each.activity_id
            await asyncio.sleep(0.02)
