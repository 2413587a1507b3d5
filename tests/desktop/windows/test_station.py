"""The place of desktop sessions on Windows: real processes of this system, a stand-in for Windows' functions."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from activities.drivers.desktop.windows.station import WindowsStation
from tests.support.eventually import eventually
from tests.support.win32 import Windows
from tests.support.windows import windows
from workflows.errors import DesktopFailedError, SessionUnavailableError

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def session() -> Iterator[Windows]:
    with windows() as session:
        yield session


@pytest.fixture
async def station(session: Windows, tmp_path: Path) -> AsyncIterator[WindowsStation]:
    del session  # it has to be there before
    station = await WindowsStation.open(tmp_path, "first")
    yield station
    await station.close()


async def test_a_program_runs_until_it_is_ended(station: WindowsStation, tmp_path: Path) -> None:
    pid = await station.launch(SLEEP, {}, str(tmp_path))

    assert station.ending(pid) is None
    assert {pid} == station.family(pid)
    await station.kill(pid)
    assert "ended" in (station.ending(pid) or "")
    assert set() == station.family(pid)


async def test_what_a_program_starts_is_of_its_family_and_ends_with_it(station: WindowsStation, tmp_path: Path) -> None:
    pid = await station.launch(
        (sys.executable, "-c", f"import subprocess; subprocess.run({SLEEP!r})"), {}, str(tmp_path)
    )
    await eventually(lambda: len(station.family(pid)) == 2)
    family = station.family(pid)

    await station.kill(pid)

    assert all(not station.family(each) for each in family)


async def test_a_program_that_has_ended_says_how(station: WindowsStation, tmp_path: Path) -> None:
    pid = await station.launch((sys.executable, "-c", "raise SystemExit(3)"), {}, str(tmp_path))

    await eventually(lambda: station.ending(pid) == "ended with exit code 3")


async def test_programs_get_what_is_named_and_no_keys_of_the_robot(
    station: WindowsStation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AETHER_SECRETS__KEY", "of the robot")
    program = "import os; open('told', 'w').write(os.environ['ADDED'] + str('AETHER_SECRETS__KEY' in os.environ))"

    pid = await station.launch((sys.executable, "-c", program), {"ADDED": "yes "}, str(tmp_path))

    await eventually(lambda: station.ending(pid) is not None)
    assert "yes False" == (tmp_path / "told").read_text()


async def test_a_program_that_is_not_there_says_so(station: WindowsStation, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="neither on the PATH nor registered with Windows"):
        await station.launch(("nowhere.exe",), {}, str(tmp_path))


async def test_a_program_that_was_fetched_by_another_ends_with_the_session(
    station: WindowsStation, tmp_path: Path
) -> None:
    """As `calc.exe` does, whose window belongs to a packaged app that Windows starts."""
    stub = await station.launch((sys.executable, "-c", ""), {}, str(tmp_path))
    station.remember("calculator", stub)
    await eventually(lambda: station.ending(stub) == "ended with exit code 0")
    other = await WindowsStation.open(tmp_path / "other", "other")
    app, own = [await other.launch(SLEEP, {}, str(tmp_path)) for _ in range(2)]

    station.remember("calculator", app)
    station.remember("the user's own", own)
    await station.close()

    assert other.ending(app) is not None
    assert other.ending(own) is None
    await other.close()


async def test_programs_and_the_run_share_a_folder_that_goes_away(station: WindowsStation) -> None:
    folder = station.folder
    pid = await station.launch((sys.executable, "-c", "open('saved', 'w').close()"), {}, str(folder))
    await eventually(lambda: station.ending(pid) is not None)

    assert (folder / "saved").exists()
    await station.close()
    assert not folder.exists()


async def test_a_successor_of_the_robot_finds_its_programs(station: WindowsStation, tmp_path: Path) -> None:
    pid = await station.launch(SLEEP, {}, str(tmp_path))
    station.remember("editor", pid)
    station.remember("other", 1)
    station.remember("editor", pid)
    await station.claim(7)
    await station.settle()

    successor = await WindowsStation.resume(tmp_path)

    assert successor is not None
    assert ("first", 7) == (successor.id, successor.number)
    assert [("other", 1), ("editor", pid)] == list(successor.apps.items())
    assert {pid} == successor.family(pid)
    await successor.close()
    assert set() == station.family(pid)
    assert await WindowsStation.resume(tmp_path) is None


async def test_there_is_one_desktop_for_one_session(station: WindowsStation, tmp_path: Path) -> None:
    with pytest.raises(SessionUnavailableError, match="one run at a time"):
        await WindowsStation.open(tmp_path, "second")
    await station.close()

    second = await WindowsStation.open(tmp_path, "second")

    assert ("it was closed", None) == (station.lost_because, second.lost_because)
    await second.close()


@pytest.mark.parametrize(
    ("facts", "remedy"),
    [
        ({"session": 0}, "Run only when user is logged on"),
        ({"state": 4}, "tscon 1 /dest:console"),
        ({"input_desktop": "Winlogon"}, "unlock it"),
    ],
)
async def test_a_robot_without_an_unlocked_desktop_says_what_to_do(
    session: Windows, tmp_path: Path, facts: dict[str, object], remedy: str
) -> None:
    vars(session).update(facts)

    with pytest.raises(DesktopFailedError, match=remedy):
        await WindowsStation.open(tmp_path, "first")


async def test_a_desktop_that_gets_locked_is_not_lost(station: WindowsStation, session: Windows) -> None:
    session.input_desktop = "Winlogon"

    assert station.lost_because is None
