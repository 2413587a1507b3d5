"""Why nothing happens: queues that hold work of a run and that nobody serves."""

from __future__ import annotations

from temporalio.api.enums.v1 import PendingActivityState, TaskQueueType
from temporalio.client import Client

from workers.pollers import pollers
from workflows.ids import capability_queue

_CAPABILITY_PREFIX = capability_queue()
_ROBOT_PREFIX = "aether.robot."


async def unserved(client: Client, run: str) -> str | None:
    """Say which process is missing for a run to go on, if one is."""
    description = await client.get_workflow_handle(run).describe()
    if not await pollers(client, description.task_queue, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW):
        return "no orchestrator is running; start one with `aether dev`"
    for activity in description.raw_description.pending_activities:
        if activity.state != PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED:
            continue
        queue = activity.activity_options.task_queue.name
        if queue and not await pollers(client, queue, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
            return _missing(queue)
    return None


def _missing(queue: str) -> str:
    if queue.startswith(_ROBOT_PREFIX):
        return f"the robot {queue.removeprefix(_ROBOT_PREFIX)!r}, which holds the run's session, does not answer"
    if queue.startswith(_CAPABILITY_PREFIX):
        tags = queue.removeprefix(_CAPABILITY_PREFIX)
        return f"no robot offers {tags!r}; start one with `aether robot start`"
    return f"nobody serves the queue {queue!r}"
