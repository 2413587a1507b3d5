"""A robot that types into a program on its desktop, and is killed there."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from datetime import timedelta
from pathlib import Path

from activities.drivers.desktop.host import DesktopHost
from activities.drivers.desktop.session import DrivenDesktop
from activities.drivers.desktop.station.linux import StationSettings
from activities.drivers.desktop.station.stations import LinuxStations
from activities.sessions.control import Control
from activities.sessions.desktop import Launch
from tests.support.repository import ROOT

SESSION = "one"
FORGOTTEN = "two"
"""A session whose run does not come back."""
LEASE = 3
TYPED = "half a sentence"
TEXT = Control(control_type="Edit")


def host(memos: Path, *, linger: timedelta = timedelta(seconds=30)) -> DesktopHost:
    """Desktops that successors find by their memos."""
    return DesktopHost(LinuxStations(StationSettings(memos, linger=linger)))


def desktop(host: DesktopHost, session: str = SESSION) -> DrivenDesktop:
    """A session as a step sees it."""
    held = host.find(session)
    return DrivenDesktop(held.line.toolkit, held.station, timeout=timedelta(seconds=20))


async def begun(memos: Path) -> Process:
    """Start the robot, and wait until it has typed."""
    robot = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.doomed_desktop", str(memos), stdout=PIPE, cwd=ROOT
    )
    assert robot.stdout is not None
    while (line := await robot.stdout.readline()) != b"ready\n":  # the others are its log
        assert line
    return robot


async def _work(memos: Path) -> None:
    async with host(memos) as doomed:
        await doomed.open(SESSION, run="run", lease=LEASE)
        await doomed.open(FORGOTTEN, run="another", lease=LEASE)
        await desktop(doomed).launch(Launch("mousepad"), "notes")
        await desktop(doomed).type(TYPED, TEXT)
        await doomed.note(SESSION)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await desktop(doomed).type("?" * 10_000, TEXT)


if __name__ == "__main__":
    asyncio.run(_work(Path(sys.argv[1])))
