"""The process that does the steps of runs: one client, one queue of its own, one for each thing it offers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, combinations
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.plugin import SimplePlugin
from temporalio.worker import PollerBehaviorAutoscaling, Worker

from activities.artifacts import LocalArtifactStore
from activities.catalog import Catalog
from activities.drivers.local_secrets import LocalSecrets
from activities.sealing import Seal
from activities.secrets import Mask
from activities.step import Workbench, not_installed
from activities.workspace import own_scratch
from workers.build import BUILD_ID
from workers.client import connect
from workers.observability import configure
from workers.process import ExitCode, leave, main
from workers.providers import Offers, offered
from workers.retention import tidying
from workers.robots import OFFER, TAG
from workers.sessions import SessionKeeper
from workers.settings import Settings
from workers.signals import on_stop
from workflows.errors import ConfigurationError
from workflows.ids import capability_queue, robot_queue

INTERRUPTED = 130
MOST_TAGS = 5
_THROTTLE = timedelta(seconds=1)
_LAST_STEPS = timedelta(seconds=2)
_MOST_STEPS = 50

Activity = Callable[..., Any]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Service:
    """One queue a robot serves."""

    queue: str
    activities: tuple[Activity, ...]
    most: int
    """How many activities at the same time."""
    grace: timedelta
    """How long activities may go on when the robot stops."""


async def serve(settings: Settings) -> ExitCode:
    """Do the steps of runs until asked to stop; asked twice, stop at once."""
    mask = Mask()
    configure(settings.log, mask=mask.scrub)
    robot = settings.robot_id()
    client = await connect(settings, identity=robot)
    stop = asyncio.Event()
    bench = workbench(settings, mask)
    seal = Seal(await asyncio.to_thread(local_secrets(settings).sealing_key))
    last_orders: list[Callable[[], None]] = []

    def end() -> None:
        if stop.is_set():
            for order in last_orders:
                order()
            leave(INTERRUPTED)
        stop.set()

    with on_stop(end):
        async with tidying(settings, client), offered(settings, bench.artifacts, seal, scratch=bench.scratch) as offers:
            catalog = await asyncio.to_thread(Catalog.discover)
            keeper = _keeper(settings, client, offers, mask)
            if keeper is not None:
                last_orders.append(keeper.browsers.dismiss)
                await keeper.recover()
            services = services_of(settings, catalog, offers, bench, keeper)
            log.info(
                "robot.started",
                robot=robot,
                address=settings.temporal.address,
                capabilities=offers.capabilities,
                tags=settings.robot.tags,
                queues=[service.queue for service in services],
            )
            names = _published(offers.capabilities, settings.robot.tags)
            workers = [_worker(client, service, names) for service in services]
            await _work(workers, keeper, stop, grace=settings.robot.grace)
    log.info("robot.stopped", robot=robot)
    return ExitCode.OK


def local_secrets(settings: Settings) -> LocalSecrets:
    """Have the installation's secrets."""
    return LocalSecrets(settings.secrets, settings.secrets_key, key=settings.key_text())


def workbench(settings: Settings, mask: Mask) -> Workbench:
    """Have what every step on this robot uses."""
    return Workbench(
        secrets=local_secrets(settings),
        artifacts=LocalArtifactStore(settings.artifacts),
        mask=mask,
        scratch=own_scratch(settings.state / "scratch"),
    )


def services_of(
    settings: Settings, catalog: Catalog, offers: Offers, bench: Workbench, keeper: SessionKeeper | None = None
) -> tuple[Service, ...]:
    """Say which queues a robot serves, and with what; its own comes first and ends last."""
    grace = settings.robot.grace
    adopting = (keeper.hold,) if keeper else ()
    own = Service(
        robot_queue(settings.robot_id()),
        (*_steps(catalog, offers.providers, bench), *adopting),
        most=_MOST_STEPS + settings.robot.max_sessions,
        grace=_LAST_STEPS,
    )
    plain = [
        Service(
            capability_queue(provider.capability.name),
            _steps(catalog, [provider], bench),
            most=_MOST_STEPS,
            grace=grace,
        )
        for provider in offers.providers
        if not provider.capability.session
    ]
    return (own, *plain, *(_session_services(settings, offers, keeper) if keeper else ()))


def _keeper(settings: Settings, client: Client, offers: Offers, mask: Mask) -> SessionKeeper | None:
    if offers.browsers is None or offers.marks is None:
        return None
    places = settings.robot.max_sessions
    films = offers.films(mask)
    return SessionKeeper(settings.robot_id(), client, offers.browsers, offers.marks, mask, places, films=films)


def _session_services(settings: Settings, offers: Offers, keeper: SessionKeeper) -> Iterator[Service]:
    for tags in subsets(settings.robot.tags):
        for provider in offers.providers:
            if provider.capability.session:
                queue = capability_queue(provider.capability.name, *tags)
                yield Service(queue, (keeper.hold,), most=settings.robot.max_sessions, grace=settings.robot.grace)


def subsets(tags: Sequence[str]) -> list[tuple[str, ...]]:
    """List every selection of a robot's tags, none included: what the needs of a document may be.

    Raises:
        ConfigurationError: there are too many.
    """
    distinct = sorted(set(tags))
    if len(distinct) > MOST_TAGS:
        raise ConfigurationError(
            f"a robot can have at most {MOST_TAGS} tags, found {len(distinct)} in 'robot.tags'; "
            "run several robots on this machine instead"
        )
    return list(chain.from_iterable(combinations(distinct, size) for size in range(len(distinct) + 1)))


def _steps(catalog: Catalog, providers: Sequence[Any], bench: Workbench) -> tuple[Activity, ...]:
    return (*catalog.activities(*providers, workbench=bench), not_installed)


def _published(capabilities: Iterable[str], tags: Iterable[str]) -> list[str]:
    """Name plugins after what a robot can do and has: its reports carry them to whoever asks Temporal."""
    return [*(OFFER + name for name in capabilities), *(TAG + name for name in sorted(set(tags)))]


def _worker(client: Client, service: Service, published: Sequence[str]) -> Worker:
    return Worker(
        client,
        task_queue=service.queue,
        activities=service.activities,
        build_id=BUILD_ID,
        max_concurrent_activities=service.most,
        activity_task_poller_behavior=PollerBehaviorAutoscaling(),
        graceful_shutdown_timeout=service.grace,
        max_heartbeat_throttle_interval=_THROTTLE,
        default_heartbeat_throttle_interval=_THROTTLE,
        disable_eager_activity_execution=True,
        plugins=[SimplePlugin(name) for name in published],
    )


async def _work(
    workers: Sequence[Worker], keeper: SessionKeeper | None, stop: asyncio.Event, *, grace: timedelta
) -> None:
    """Serve all queues; when asked to stop, take nothing new, let what runs finish, hand back the rest.

    A run with a session may go on with its steps within the grace period: the robot's own queue is served until
    its sessions are gone.
    """
    own, *others = workers
    serving = [asyncio.create_task(worker.run()) for worker in workers]
    stopping = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait([stopping, *serving], return_when=asyncio.FIRST_COMPLETED)
        log.info("robot.stopping", sessions=keeper.sessions if keeper else ())
        await asyncio.gather(*(worker.shutdown() for worker in others), _given_back(keeper, within=grace))
        await own.shutdown()
        for task in done - {stopping}:
            await task
    finally:
        for task in (stopping, *serving):
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def _given_back(keeper: SessionKeeper | None, *, within: timedelta) -> None:
    """Wait for the runs that were taken over on the robot's own queue, as its other queues do for theirs."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within.total_seconds()):
            await (keeper.given_back() if keeper else asyncio.sleep(0))


if __name__ == "__main__":
    main(serve)
