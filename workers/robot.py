"""The process that does the steps of runs: one client, one queue of its own, one for each thing it offers."""

from __future__ import annotations

import asyncio

import structlog
from temporalio.client import Client

from activities.artifacts import LocalArtifactStore
from activities.catalog import Catalog
from activities.sealing import Seal
from activities.secrets import Mask
from activities.step import Workbench
from activities.workspace import own_scratch
from workers.attendance import refuse_second
from workers.card import card_of
from workers.client import connect
from workers.keys import local_secrets
from workers.life import Equipment, Life, Stop
from workers.machine import this_machine
from workers.observability import configure
from workers.process import ExitCode, main
from workers.providers import Offers, closing, offered
from workers.retention import tidying
from workers.sessions import SessionKeeper
from workers.settings import Settings
from workers.signals import on_signal

log = structlog.get_logger()


async def serve(settings: Settings) -> ExitCode:
    """Do the steps of runs until asked to stop; asked twice, stop at once."""
    mask = Mask()
    configure(settings.log, mask=mask.scrub)
    robot = settings.robot_id()
    machine = await asyncio.to_thread(this_machine)
    client = await connect(settings, identity=robot)
    stop = Stop()
    with on_signal(stop.signalled):
        await refuse_second(client, robot, machine)
        bench = workbench(settings, mask)
        seal = Seal(await asyncio.to_thread(local_secrets(settings).sealing_key))
        async with (
            tidying(settings, client),
            offered(settings, bench.artifacts, seal, scratch=bench.scratch) as offers,
            closing(offers),
        ):
            catalog = await asyncio.to_thread(Catalog.discover)
            keeper = _keeper(settings, client, offers, mask)
            if keeper is not None:
                stop.last_words.append(keeper.dismiss)
                await keeper.recover()
            sessions = keeper.sessions if keeper else ()
            card = card_of(settings, machine, catalog, offers, sessions=sessions)
            equipment = Equipment(settings, client, machine, catalog, offers, bench, keeper)
            await Life(equipment, card, stop).live()
    log.info("robot.stopped", robot=robot)
    return ExitCode.OK


def workbench(settings: Settings, mask: Mask) -> Workbench:
    """Have what every step on this robot uses."""
    return Workbench(
        secrets=local_secrets(settings),
        artifacts=LocalArtifactStore(settings.artifacts),
        mask=mask,
        scratch=own_scratch(settings.state / "scratch"),
    )


def _keeper(settings: Settings, client: Client, offers: Offers, mask: Mask) -> SessionKeeper | None:
    hosts = {capability: host(mask) for capability, host in offers.hosts.items()}
    return SessionKeeper(settings.robot_id(), client, hosts, mask, settings.robot.max_sessions) if hosts else None


if __name__ == "__main__":
    main(serve)
