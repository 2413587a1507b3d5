"""Desktops outlive their robot, and see nothing of each other."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.drivers.desktop.host import DesktopHost
from activities.drivers.desktop.station.linux import LinuxStation
from activities.drivers.desktop.station.process import living_in
from activities.sessions.control import Control
from activities.sessions.desktop import Launch
from tests.support.desktops import needs
from tests.support.doomed_desktop import FORGOTTEN, LEASE, SESSION, TEXT, TYPED, begun, desktop, host
from tests.support.eventually import eventually
from workflows.errors import SessionLostError, StaleLeaseError

pytestmark = needs("mousepad", "zenity")


@pytest.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[DesktopHost]:
    """A robot for tests that kill nothing."""
    async with host(tmp_path_factory.mktemp("shared")) as robot:
        yield robot


def station_of(robot: DesktopHost, session: str) -> LinuxStation:
    station = robot.find(session).station
    assert isinstance(station, LinuxStation)
    return station


async def test_a_successor_goes_on_in_the_window_of_a_robot_that_was_killed(tmp_path: Path) -> None:
    robot = await begun(tmp_path)
    robot.kill()
    await robot.wait()

    async with host(tmp_path) as successor:
        recovered = await successor.recover()

        assert {SESSION, FORGOTTEN} == {*recovered}
        session = successor.find(SESSION)
        with pytest.raises(StaleLeaseError, match="has not taken it up yet"):
            session.refuse_stale(LEASE)
        await successor.claim(SESSION, lease=LEASE + 1)
        with pytest.raises(StaleLeaseError, match="the desktop session 'one' is held with lease 4; this step came w"):
            session.refuse_stale(LEASE)
        assert ("run", LEASE + 1) == (session.run, session.number)
        assert TYPED in await desktop(successor).get_value(TEXT)
        await desktop(successor).set_value(TEXT, "and the rest")
        assert "and the rest" == await desktop(successor).get_value(TEXT)
        directories = [station_of(successor, each).directory for each in (SESSION, FORGOTTEN)]

    assert [set(), set()] == [await asyncio.to_thread(living_in, each) for each in directories]
    assert [] == await asyncio.to_thread(os.listdir, tmp_path)


async def test_two_desktops_see_nothing_of_each_other(shared: DesktopHost) -> None:
    mine, others = (Control(control_type="Window", name=name) for name in ("mine", "others"))
    for session, title in (("left", "mine"), ("right", "others")):
        await shared.open(session)
        await desktop(shared, session).launch(Launch("zenity", ["--info", "--title", title, "--text", title]), "box")

    seen = [[await desktop(shared, each).exists(window) for window in (mine, others)] for each in ("left", "right")]

    assert [[True, False], [False, True]] == seen
    await shared.close("left")
    assert await desktop(shared, "right").exists(others)
    with pytest.raises(SessionLostError, match="the desktop session 'left' is not on this robot"):
        shared.find("left")


async def test_a_desktop_whose_supervisor_is_killed_is_lost_and_leaves_nothing(shared: DesktopHost) -> None:
    await shared.open("doomed")
    await desktop(shared, "doomed").launch(Launch("zenity", ["--info"]), "box")
    station = station_of(shared, "doomed")

    os.kill(station.pid, signal.SIGKILL)
    await eventually(lambda: "doomed" not in shared.sessions)

    with pytest.raises(SessionLostError, match="the desktop session is lost: the process that looked after it ended"):
        shared.find("doomed")
    await shared.close("doomed")
    assert set() == await asyncio.to_thread(living_in, station.directory)
    assert (await shared.open("doomed")).lost_because is None
