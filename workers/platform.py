"""The worker of the platform's own workflows and activities: those that serve all runs and belong to none."""

from __future__ import annotations

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from workers.build import BUILD_ID
from workers.fixing import Fixer
from workers.notifying import Messenger
from workers.pooling import Auditor
from workers.sweeping import Broom
from workflows.assignment import Assigned
from workflows.fixing import FixIncident
from workflows.ids import PLATFORM_QUEUE
from workflows.notifier import Notifier
from workflows.pool import Pool
from workflows.publishing import Published
from workflows.robot import Robot
from workflows.sweeper import Sweeper

WORKFLOWS: tuple[type, ...] = (Notifier, Sweeper, FixIncident, Published, Assigned, Pool, Robot)
"""All that the platform does for a long time."""


def platform(
    client: Client, messenger: Messenger, broom: Broom, fixer: Fixer, *, queue: str = PLATFORM_QUEUE
) -> Worker:
    """Make the worker. Its activities are retried as Temporal does it: none of them belongs to a step."""
    auditor = Auditor(client)
    return Worker(
        client,
        task_queue=queue,
        workflows=WORKFLOWS,
        activities=[
            messenger.notify,
            messenger.deliver,
            broom.sweep,
            fixer.list_parked,
            fixer.fix_run,
            fixer.watch_run,
            auditor.audit,
            auditor.start_pool,
        ],
        build_id=BUILD_ID,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
    )
