"""What desktops cost on Linux, and that nothing is left of them.

Run `python -m benchmarks.desktop [SESSIONS]`. It opens and closes a hundred sessions one after the other, each with a
program and a text on its clipboard, and counts the processes, file descriptors, sockets and files that are left; then
it measures how long it takes to find a control in LibreOffice Calc, among some eight hundred.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import psutil

from activities.drivers.desktop.atspi.toolkit import AtspiToolkit
from activities.drivers.desktop.session import DrivenDesktop
from activities.drivers.desktop.station.linux import LinuxStation, StationSettings
from activities.sessions.control import Control
from activities.sessions.desktop import Launch

_SESSIONS = 100
_FINDS = 20
_SHEET = Launch(
    "soffice",
    ["--calc", "--norestore", "--nologo", "--nofirststartwizard"],
    window=Control(control_type="DataGrid"),
)


@dataclass(frozen=True, slots=True)
class Traces:
    """What desktops might leave behind: of this process, and of those whose home is in a directory."""

    descriptors: int
    sockets: int
    processes: int
    files: int

    @classmethod
    def of(cls, directory: Path) -> Traces:
        """Count them."""
        own = psutil.Process()
        homes = [process.environ().get("HOME", "") for process in psutil.process_iter() if _is_readable(process)]
        return cls(
            own.num_fds(),
            len(own.net_connections("unix")),
            sum(home.startswith(str(directory)) for home in homes),
            sum(1 for _ in directory.rglob("*")),
        )


def _is_readable(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return bool(process.environ())
    return False


async def main(sessions: int) -> None:
    """Open, close, count; then measure."""
    with tempfile.TemporaryDirectory(prefix="desk-") as place:
        tempfile.tempdir = place  # where stations have their directories
        settings = StationSettings(Path(place) / "memos")
        await _one(settings, "first")
        before = Traces.of(Path(place))
        times = [await _timed(partial(_one, settings, str(number))) for number in range(sessions)]
        await asyncio.sleep(1)
        print(f"sessions            {sessions}, {_quantiles(times)} each, from nothing to nothing")
        print(f"before              {before}")
        print(f"after               {Traces.of(Path(place))}")
        await _finds(settings)


async def _one(settings: StationSettings, name: str) -> None:
    station = await LinuxStation.open(settings, name)
    try:
        toolkit = await AtspiToolkit.connect(station.environment)
        try:
            desktop = DrivenDesktop(toolkit, station, timeout=timedelta(seconds=20))
            await desktop.launch(Launch("zenity", ["--entry", "--text=Amount"]), "form")
            await desktop.set_value(Control(control_type="Edit"), "12,50")
            await desktop.write_clipboard("12,50")
            await desktop.close()
        finally:
            await toolkit.close()
    finally:
        await station.close()


async def _finds(settings: StationSettings) -> None:
    station = await LinuxStation.open(settings, "sheet")
    toolkit = await AtspiToolkit.connect(station.environment)
    try:
        await DrivenDesktop(toolkit, station, timeout=timedelta(seconds=90)).launch(_SHEET, "sheet")
        desktop = DrivenDesktop(toolkit, station, timeout=timedelta(seconds=300))
        print(f"controls shown      {len(await desktop.tree())}")
        for label, target in (
            ("find a button", Control(control_type="Button", name="Print Preview")),
            ("find a cell", Control(control_type="DataItem", name="Q400")),
        ):
            times = [await _timed(partial(desktop.exists, target)) for _ in range(_FINDS)]
            print(f"{label:<20}{_quantiles(times)}")
    finally:
        await toolkit.close()
        await station.close()


async def _timed(do: Callable[[], Awaitable[object]]) -> float:
    begun = time.perf_counter()
    await do()
    return time.perf_counter() - begun


def _quantiles(times: list[float]) -> str:
    worst = max(times)
    return f"median {statistics.median(times) * 1000:.0f} ms, worst {worst * 1000:.0f} ms"


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else _SESSIONS))
