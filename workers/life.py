"""The life of a robot's process, from its registration to its goodbye."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from temporalio.client import Client

from activities.catalog import Catalog
from activities.step import Workbench
from workers.attendance import Attendance
from workers.health import Health
from workers.intake import Intake
from workers.machine import Machine
from workers.probing import probe
from workers.process import ExitCode, leave
from workers.providers import Offers
from workers.services import Activity, Service, own_service, shared_services
from workers.sessions import SessionKeeper
from workers.settings import Settings
from workers.watching import Underway
from workflows.fleet import Busy, Load, ModeRequest, Order, RobotCard, RobotReport

_SIGNALLED = 128
"""Added to the number of the signal that ends a process, as shells do."""

_LAST = timedelta(seconds=10)
"""How long a robot's last queue may take to close, after all work is done."""

log = structlog.get_logger()


class Stop:
    """A robot's end: asked for by its system, or by people through Temporal."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()
        self.signal: str | None = None
        """Which signal asked for it; None where people did."""
        self.last_words: list[Callable[[], None]] = []
        """What is done before it ends at once."""

    def signalled(self, number: signal.Signals) -> None:
        """Stop in order; asked again, at once."""
        if self._asked.is_set():
            log.warning("robot.ended", signal=number.name)
            for say in self.last_words:
                say()
            leave(_SIGNALLED + number)
        self.signal = number.name
        self._asked.set()

    def ordered(self) -> None:
        """Stop in order."""
        self._asked.set()

    async def before(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do some work unless asked to stop before its end; whether it was done."""
        task, asked = asyncio.ensure_future(work), asyncio.ensure_future(self._asked.wait())
        try:
            await asyncio.wait([task, asked], return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
            return task.done()
        finally:
            for each in (task, asked):
                each.cancel()
            await asyncio.gather(task, asked, return_exceptions=True)


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a robot's process has."""

    settings: Settings
    client: Client
    machine: Machine
    catalog: Catalog
    offers: Offers
    bench: Workbench
    keeper: SessionKeeper | None
    """Holds its sessions; None on a robot with neither browser nor desktop."""

    def own(self, *others: Activity) -> Service:
        """The queue of this robot alone."""
        holding = [self.keeper.hold] if self.keeper else []
        return own_service(self.settings, self.catalog, self.offers, self.bench, [*others, *holding])

    def shared(self) -> tuple[Service, ...]:
        """The queues of all robots of its kind."""
        return shared_services(self.settings, self.catalog, self.offers, self.bench)


class Life:
    """One process of a robot."""

    def __init__(self, equipment: Equipment, card: RobotCard, stop: Stop) -> None:
        settings = equipment.settings
        self._equipment = equipment
        self._stop = stop
        self._attendance = Attendance(equipment.client, card, equipment.machine, self._obey, self._busy)
        scratch = settings.state / "scratch"
        self._health = Health(
            partial(probe, scratch, equipment.keeper.hosts if equipment.keeper else {}),
            self._report,
            self._hinder,
            settings.state,
            settings.robot.least_free_disk,
        )
        self._underway = Underway(self._health.ended)
        self._intake = Intake(equipment.shared(), equipment.client, self._underway)

    async def live(self) -> None:
        """Register, work until asked to stop, finish, say goodbye.

        Raises:
            RobotTakenError: another process of the same name is alive.
        """
        if not await self._stop.before(self._attendance.register()):
            await self._attendance.leave()
            return
        service = self._equipment.own(self._attendance.attend, self._attendance.take_order)
        self._tell_beginning(service)
        own = service.worker(self._equipment.client, [self._underway])
        working = asyncio.create_task(own.run())
        code = ExitCode.FAILED
        try:
            await self._stop.before(self._work(working))
            await self._finish(service.queue)
            code = ExitCode.OK
        finally:
            await self._intake.finish(within=timedelta(0))
            ending = asyncio.gather(own.shutdown(), working, return_exceptions=True)
            await asyncio.wait({ending}, timeout=_LAST.total_seconds())
            if not ending.done():
                log.warning("robot.stuck", reason="Temporal's client does not end; the process does without it")
                leave(code)

    async def _work(self, working: asyncio.Task[None]) -> None:
        """Be there for as long as all goes well."""
        parts = [
            asyncio.create_task(self._attendance.keep()),
            asyncio.create_task(self._health.watch()),
            asyncio.create_task(self._intake.failure()),
        ]
        try:
            done, _ = await asyncio.wait([working, *parts], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)

    async def _finish(self, queue: str) -> None:
        """Take nothing new, let what runs finish, hand back the rest, say goodbye."""
        grace = self._equipment.settings.robot.grace
        keeper = self._equipment.keeper
        log.info("robot.stopping", sessions=keeper.sessions if keeper else (), steps=len(self._underway.steps))
        telling = asyncio.create_task(self._tell_end())
        async with asyncio.TaskGroup() as group:
            group.create_task(self._intake.finish(within=grace))
            if keeper is not None:
                group.create_task(_within(grace, keeper.given_back()))
        telling.cancel()
        self._underway.hand_back([queue])
        await self._attendance.leave()

    async def _tell_end(self) -> None:
        if self._stop.signal:
            await self._attendance.announce(ModeRequest(mode="draining", why=self._stop.signal))

    def _obey(self, order: Order) -> None:
        """Do from now on what was decided."""
        self._health.forgotten()
        self._intake.hinder("mode", order.mode if order.mode != "serving" else "")
        if order.mode == "draining":
            self._stop.ordered()

    def _hinder(self, why: str) -> None:
        self._intake.hinder("failing", why)

    async def _report(self, load: Load, failing: str) -> bool:
        incarnation = self._attendance.card.incarnation
        return await self._attendance.report(RobotReport(incarnation=incarnation, load=load, failing=failing))

    def _busy(self) -> Busy:
        keeper = self._equipment.keeper
        return Busy(
            cpu=round(self._health.cpu, 3),
            memory=round(self._health.memory, 3),
            sessions=keeper.sessions if keeper else (),
            steps=self._underway.steps,
        )

    def _tell_beginning(self, own: Service) -> None:
        card = self._attendance.card
        log.info(
            "robot.started",
            robot=card.robot,
            environment=card.environment,
            address=self._equipment.settings.temporal.address,
            capabilities=card.capabilities,
            tags=card.tags,
            queues=[own.queue, *self._intake.queues],
        )


async def _within(limit: timedelta, work: Coroutine[Any, Any, None]) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(work, limit.total_seconds())
