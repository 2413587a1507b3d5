"""The process that interprets runs, with nothing but workflow tasks, and beside that serves the platform."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from activities.secrets import Mask
from workers.builds import build_of, deployment_of, promote_first
from workers.client import connect
from workers.fixing import Fixer
from workers.notifying import messenger_of
from workers.observability import configure
from workers.platform import platform
from workers.pooling import start_pool
from workers.process import ExitCode, main
from workers.settings import OrchestratorSettings, Settings
from workers.signals import on_stop
from workers.sweeping import Broom, start_sweeper
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.run import Run

_GRACE = timedelta(seconds=2)
_STICKY = timedelta(seconds=2)
"""How long a task waits for the process that knows its run by heart before any other may take it."""
_MOST_CACHED = 2000

WORKFLOWS: tuple[type, ...] = (Run,)
"""All that orchestrators interpret."""

log = structlog.get_logger()


def orchestrator(
    client: Client,
    workflows: Sequence[type],
    *,
    queue: str = ORCHESTRATOR_QUEUE,
    settings: OrchestratorSettings = OrchestratorSettings(),  # noqa: B008 - frozen
) -> Worker:
    """Make the worker that interprets runs."""
    return Worker(
        client,
        task_queue=queue,
        workflows=workflows,
        deployment_config=deployment_of(settings),
        max_cached_workflows=_MOST_CACHED,
        sticky_queue_schedule_to_start_timeout=_STICKY,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(),
        graceful_shutdown_timeout=_GRACE,
    )


async def serve(settings: Settings, *, workflows: Sequence[type] = WORKFLOWS) -> ExitCode:
    """Interpret runs until asked to stop."""
    mask = Mask()
    configure(settings.log, mask=mask.scrub)
    client = await connect(settings, identity=f"orchestrator-{socket.gethostname()}-{os.getpid()}")
    messenger = messenger_of(settings, client, mask)
    stop = asyncio.Event()
    with on_stop(stop.set):
        worker = orchestrator(client, workflows, settings=settings.orchestrator)
        async with worker, platform(client, messenger, Broom(client, messenger), Fixer(client)):
            await start_sweeper(client)
            await start_pool(client, settings.environment)
            current = await _is_current(client, settings.orchestrator)
            log.info(
                "orchestrator.started",
                queue=ORCHESTRATOR_QUEUE,
                build=build_of(settings.orchestrator),
                current=current,
                address=settings.temporal.address,
                channels=sorted(messenger.couriers),
            )
            await stop.wait()
            log.info("orchestrator.stopping")
    return ExitCode.OK


async def _is_current(client: Client, settings: OrchestratorSettings) -> bool:
    """Whether this build gets new runs; the first one of a deployment does by itself."""
    if settings.versioning == "off":
        return True
    return await promote_first(client, settings.deployment, build_of(settings))


if __name__ == "__main__":
    main(serve)
