"""The one desktop that a robot on Windows offers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from typing_extensions import override

from activities.drivers.desktop.host import Line, OwnStation, Stations
from activities.drivers.desktop.windows.station import WindowsStation
from activities.drivers.desktop.windows.toolkit import UiaToolkit


class WindowsStations(Stations):
    """The desktop of the user who is logged on, for one run at a time."""

    def __init__(self, home: Path) -> None:
        self._home = home

    @property
    @override
    def technology(self) -> str:
        return "UI Automation on the desktop of its user"

    @override
    async def open(self, session: str, *, run: str, lease: int) -> WindowsStation:
        return await WindowsStation.open(self._home, session, run=run, lease=lease)

    @override
    async def left_behind(self) -> Sequence[WindowsStation]:
        station = await WindowsStation.resume(self._home)
        return [] if station is None else [station]

    @override
    async def connect(self, station: OwnStation) -> Line:
        toolkit = await asyncio.to_thread(UiaToolkit)

        async def hang_up() -> None:
            await asyncio.to_thread(toolkit.close)

        return Line(toolkit, hang_up)
