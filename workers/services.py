"""Which queues a robot serves, and with what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import Interceptor, PollerBehaviorAutoscaling, Worker

from activities.catalog import Catalog
from activities.step import Workbench, not_installed
from workers.build import BUILD_ID
from workers.providers import Offers
from workers.settings import Settings
from workflows.ids import capability_queue, robot_queue

_THROTTLE = timedelta(seconds=1)
_LAST_STEPS = timedelta(seconds=2)
"""How long steps of sessions may go on once their robot has stopped waiting for them."""
_ENDLESS = timedelta(days=1)
"""How long what was taken may go on after intake was closed: for as long as it takes."""
_MOST_STEPS = 50
_MOST_OTHERS = 10
"""Activities on a robot's own queue that are neither sessions nor steps: its presence and what it is told."""

Activity = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Service:
    """One queue a robot serves."""

    queue: str
    activities: tuple[Activity, ...]
    most: int
    """How many activities at the same time."""
    grace: timedelta
    """How long activities may go on after the queue is not served any more."""

    def worker(self, client: Client, watching: Sequence[Interceptor]) -> Worker:
        """Serve it."""
        return Worker(
            client,
            task_queue=self.queue,
            activities=self.activities,
            build_id=BUILD_ID,
            interceptors=watching,
            max_concurrent_activities=self.most,
            activity_task_poller_behavior=PollerBehaviorAutoscaling(),
            graceful_shutdown_timeout=self.grace,
            max_heartbeat_throttle_interval=_THROTTLE,
            default_heartbeat_throttle_interval=_THROTTLE,
            disable_eager_activity_execution=True,
        )


def own_service(
    settings: Settings,
    catalog: Catalog,
    offers: Offers,
    bench: Workbench,
    others: Sequence[Activity],
) -> Service:
    """The robot's own queue: steps of the sessions it holds, and whatever else is meant for it alone."""
    return Service(
        robot_queue(settings.robot_id()),
        (*_steps(catalog, offers.providers, bench), *others),
        most=_MOST_STEPS + settings.robot.max_sessions + _MOST_OTHERS,
        grace=_LAST_STEPS,
    )


def shared_services(settings: Settings, catalog: Catalog, offers: Offers, bench: Workbench) -> tuple[Service, ...]:
    """The queues where a robot takes steps that any of its kind could do."""
    return tuple(
        Service(
            capability_queue(provider.capability.name, environment=settings.environment),
            _steps(catalog, [provider], bench),
            most=_MOST_STEPS,
            grace=_ENDLESS,
        )
        for provider in offers.providers
        if not provider.capability.session
    )


def _steps(catalog: Catalog, providers: Sequence[Any], bench: Workbench) -> tuple[Activity, ...]:
    return (*catalog.activities(*providers, workbench=bench), not_installed)
