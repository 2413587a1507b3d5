"""Desktops of their own for each session: what a robot on Linux offers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import structlog
from typing_extensions import override

from activities.drivers.desktop.atspi.toolkit import AtspiToolkit
from activities.drivers.desktop.host import Line, OwnStation, Stations
from activities.drivers.desktop.station.linux import LinuxStation, StationSettings
from activities.drivers.desktop.station.memo import Memo
from workflows.errors import SessionUnavailableError

log = structlog.get_logger()


class LinuxStations(Stations):
    """As many desktops as are asked for; none sees anything of the others."""

    def __init__(self, settings: StationSettings) -> None:
        self._settings = settings

    @property
    @override
    def technology(self) -> str:
        return f"AT-SPI on Xvfb {self._settings.width}x{self._settings.height}"

    @override
    async def open(self, session: str, *, run: str, lease: int) -> LinuxStation:
        return await LinuxStation.open(self._settings, session, run=run, lease=lease)

    @override
    async def left_behind(self) -> Sequence[LinuxStation]:
        files = await asyncio.to_thread(_files, self._settings.memos)
        stations = await asyncio.gather(*map(_resumed, files))
        return [station for station in stations if station is not None]

    @override
    async def connect(self, station: OwnStation) -> Line:
        assert isinstance(station, LinuxStation)  # noqa: S101 - it is one of those given out here
        toolkit = await AtspiToolkit.connect(station.environment)
        return Line(toolkit, toolkit.close)


async def _resumed(file: Path) -> LinuxStation | None:
    memo = await asyncio.to_thread(Memo.read, file)
    if memo is None:  # of another version: what it was about ends by itself
        await asyncio.to_thread(file.unlink, missing_ok=True)
        return None
    try:
        return await LinuxStation.resume(memo, file)
    except SessionUnavailableError as error:
        log.warning("session.not_resumed", session=memo.session, reason=error.message)
        return None


def _files(memos: Path) -> list[Path]:
    return sorted(memos.glob("*.json"))
