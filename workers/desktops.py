"""How a robot has desktops, and lends them to steps."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from activities.drivers.desktops import missing_desktop
from activities.provider import Provider
from activities.sessions.desktop import DESKTOP, DesktopSession
from activities.sessions.files import Workspace
from workers.settings import Settings
from workflows.call import StepCall
from workflows.errors import SessionLostError

if TYPE_CHECKING:
    from activities.drivers.desktop.host import DesktopHost, Stations
    from activities.evidence import EvidenceStore

log = structlog.get_logger()


def find_stations(settings: Settings) -> Stations | None:
    """Where this robot's desktops are; None where the machine lacks something for them."""
    missing = missing_desktop()
    if missing is not None:
        log.warning("capability.missing", capability="desktop", reason=missing.reason, remedy=missing.remedy)
        return None
    home = settings.state / "desktops" / settings.robot_id()
    if sys.platform == "win32":
        from activities.drivers.desktop.windows.stations import WindowsStations  # noqa: PLC0415 - of another system

        return WindowsStations(home)
    from activities.drivers.desktop.station.linux import StationSettings  # noqa: PLC0415 - of another system
    from activities.drivers.desktop.station.stations import LinuxStations  # noqa: PLC0415 - the same

    width, _, height = settings.robot.desktop_size.partition("x")
    return LinuxStations(StationSettings(home, int(width), int(height), settings.robot.desktop_linger))


def desktop_provider(
    host: DesktopHost, evidence: EvidenceStore | None = None, *, programs: Sequence[str] = ()
) -> Provider[DesktopSession]:
    """Lend a run's own desktop to its steps; with a store for it, steps that fail leave evidence.

    Where programs are named, steps start no others.
    """
    from activities.drivers.desktop.session import DrivenDesktop  # noqa: PLC0415 - not needed everywhere
    from activities.drivers.desktop.witness import DesktopWitness  # noqa: PLC0415 - the same

    witness = DesktopWitness(host, evidence) if evidence is not None else None

    @asynccontextmanager
    async def lend(call: StepCall, workspace: Workspace | None) -> AsyncIterator[DesktopSession]:
        if call.session is None:
            raise SessionLostError(f"step {call.step!r} came without a session; every desktop step needs one")
        held, time = host.find(call.session.id), timedelta(seconds=call.timeout)
        async with held.turn:
            held.refuse_stale(call.session.lease)
            try:
                toolkit, station = held.line.toolkit, held.station
                desktop = DrivenDesktop(toolkit, station, timeout=time, workspace=workspace, key=call.key)
                yield desktop.permitting(programs)
            except BaseException:
                if witness is not None:
                    witness.failed(call)
                raise
            finally:
                await host.note(held.id)

    return Provider(DESKTOP, lend, evidence=witness.evidence if witness is not None else None)
