"""The worker of the platform's own workflows and activities: those that serve all runs and belong to none."""

from __future__ import annotations

from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from workers.build import BUILD_ID
from workers.notifying import Messenger
from workflows.ids import PLATFORM_QUEUE
from workflows.notifier import Notifier


def platform(client: Client, messenger: Messenger, *, queue: str = PLATFORM_QUEUE) -> Worker:
    """Make the worker. Its activities are retried as Temporal does it: none of them belongs to a step."""
    return Worker(
        client,
        task_queue=queue,
        workflows=[Notifier],
        activities=[messenger.notify, messenger.deliver],
        build_id=BUILD_ID,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
    )
