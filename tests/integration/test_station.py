"""A desktop on Linux: what it is made of, and that nothing is left of it."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from activities.drivers.desktop.station.linux import LinuxStation, StationSettings, memo_file
from activities.drivers.desktop.station.memo import Memo
from activities.drivers.desktop.station.process import began, living_in
from tests.support.desktops import needs
from tests.support.eventually import eventually
from workflows.errors import SessionUnavailableError

pytestmark = needs()


@pytest.fixture
def settings(tmp_path: Path) -> StationSettings:
    return StationSettings(tmp_path / "memos", width=640, height=480)


@pytest.fixture
async def station(settings: StationSettings) -> AsyncIterator[LinuxStation]:
    station = await LinuxStation.open(settings, "first")
    yield station
    await station.close()


async def memo_of(settings: StationSettings, session: str) -> Memo:
    memo = await asyncio.to_thread(Memo.read, memo_file(settings.memos, session))
    assert memo is not None
    return memo


async def left_of(directory: Path) -> set[int]:
    return await asyncio.to_thread(living_in, directory)


def written(pid_file: Path) -> bool:
    return pid_file.exists() and pid_file.read_text().endswith("\n")


def is_there(pid_file: Path) -> bool:
    return began(int(pid_file.read_text())) is not None


async def test_programs_find_a_home_of_their_own_and_nothing_of_the_robot(
    station: LinuxStation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AETHER_SECRETS_KEY_DATA", "hidden")

    pid = await station.launch(["sh", "-c", "env > found"], {"CASE": "7"}, str(tmp_path))
    await eventually(lambda: station.ending(pid) is not None)

    found = dict(line.split("=", 1) for line in (tmp_path / "found").read_text().splitlines())
    assert str(station.directory / "home") == found["HOME"]
    assert "7" == found["CASE"]
    assert station.environment["DISPLAY"] == found["DISPLAY"]
    assert not [name for name in found if name.startswith(("AETHER_", "PYTHON"))]


async def test_how_a_program_ended_is_known(station: LinuxStation) -> None:
    failed = await station.launch(["sh", "-c", "echo no such invoice >&2; exit 3"], {}, "/")
    killed = await station.launch(["sleep", "60"], {}, "/")
    before = station.ending(killed)

    await station.kill(killed)
    await eventually(lambda: None not in {station.ending(failed), station.ending(killed)})

    assert "ended with exit code 3, after it had said 'no such invoice'" == station.ending(failed)
    assert before is None
    assert "was ended by SIGKILL" == station.ending(killed)


async def test_a_program_that_is_not_there_is_said_at_once(station: LinuxStation) -> None:
    with pytest.raises(FileNotFoundError) as error:
        await station.launch(["no-such-program"], {}, "/")

    assert "no-such-program" == error.value.filename


async def test_a_successor_finds_programs_and_how_others_ended(
    station: LinuxStation, settings: StationSettings
) -> None:
    lives = await station.launch(["sleep", "60"], {}, "/")
    ended = await station.launch(["sh", "-c", "exit 4"], {}, "/")
    station.remember("lives", lives)
    station.remember("ended", ended)
    await station.claim(7)
    await eventually(lambda: station.ending(ended) is not None)
    station.leave()
    memo = await memo_of(settings, "first")

    successor = await LinuxStation.resume(memo, memo_file(settings.memos, "first"))

    assert successor is not None
    assert ({"lives": lives, "ended": ended}, 7) == (successor.apps, successor.number)
    assert (None, "ended with exit code 4") == (successor.ending(lives), successor.ending(ended))
    with pytest.raises(SessionUnavailableError, match="another process of this robot uses the desktop"):
        await LinuxStation.resume(memo, memo_file(settings.memos, "first"))
    await successor.close()


async def test_a_desktop_goes_on_where_nothing_can_be_written_down(
    station: LinuxStation, settings: StationSettings
) -> None:
    await asyncio.to_thread(shutil.rmtree, settings.memos)

    await station.claim(2)
    pid = await station.launch(["true"], {}, "/")
    await eventually(lambda: station.ending(pid) is not None)

    assert ("ended with exit code 0", None) == (station.ending(pid), station.lost_because)


async def test_nothing_is_left_of_a_desktop_that_was_closed(settings: StationSettings, tmp_path: Path) -> None:
    station = await LinuxStation.open(settings, "closed")
    await station.launch(["sh", "-c", "setsid sh -c 'echo $$ > away; exec env -i sleep 60' &"], {}, str(tmp_path))
    await eventually(lambda: written(tmp_path / "away"))

    await station.close()

    assert set() == await left_of(station.directory)
    assert not is_there(tmp_path / "away")
    assert not station.directory.exists()
    assert [] == list(settings.memos.iterdir())
    assert "it was closed" == station.lost_because


@pytest.mark.parametrize("which", ["supervisor", "guard"])
async def test_nothing_is_left_when_the_process_that_looked_after_it_is_killed(
    settings: StationSettings, tmp_path: Path, which: str
) -> None:
    station = await LinuxStation.open(settings, "killed")
    await station.launch(["sh", "-c", "setsid sh -c 'echo $$ > away; exec env -i sleep 60' &"], {}, str(tmp_path))
    await eventually(lambda: written(tmp_path / "away"))
    memo = await memo_of(settings, "killed")

    os.kill(getattr(memo, which).pid, signal.SIGKILL)
    await eventually(lambda: station.lost_because is not None)
    await eventually(lambda: not station.directory.exists())

    assert "the process that looked after it ended" == station.lost_because
    assert set() == await left_of(station.directory)
    await eventually(lambda: not is_there(tmp_path / "away"))
    await station.close()


async def test_a_desktop_that_no_robot_speaks_to_ends_by_itself(tmp_path: Path) -> None:
    settings = StationSettings(tmp_path / "memos", linger=timedelta(seconds=0.2))
    station = await LinuxStation.open(settings, "left")

    station.leave()
    await eventually(lambda: not station.directory.exists())

    assert set() == await left_of(station.directory)
    await station.close()
