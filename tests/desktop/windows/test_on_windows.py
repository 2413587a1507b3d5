"""Windows itself: its own programs, driven by UI Automation. Left out on all other systems."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from activities.drivers.desktop.session import DrivenDesktop
from activities.drivers.desktop.trial import Trial
from activities.drivers.desktop.windows.station import WindowsStation
from activities.drivers.desktop.windows.toolkit import UiaToolkit
from activities.sessions.control import Control
from activities.sessions.desktop import Launch

pytestmark = pytest.mark.skipif(sys.platform != "win32", reason="needs Windows, and somebody logged on")


@pytest.fixture
async def trial(tmp_path: Path) -> AsyncIterator[Trial]:
    station = await WindowsStation.open(tmp_path, "trial")
    toolkit = UiaToolkit()
    yield Trial(toolkit, station)
    toolkit.close()
    await station.close()


async def test_all_verbs_work_on_the_editor(trial: Trial) -> None:
    verdicts = [each async for each in trial.run("notepad")]

    assert [] == [each for each in verdicts if not each.ok]


async def test_the_calculator_multiplies(trial: Trial) -> None:
    """Its window belongs to a packaged app, that `calc.exe` only fetches."""
    desktop = DrivenDesktop(trial.toolkit, trial.station, timeout=timedelta(seconds=30))
    await desktop.launch(Launch("calc"), "calculator")

    for key in ("num7Button", "multiplyButton", "num8Button", "equalButton"):
        await desktop.invoke(Control(automation_id=key))

    shown = await desktop.get_value(Control(automation_id="CalculatorResults"))
    assert "56" in shown
    await desktop.close(force=True)


async def test_a_successor_of_the_robot_finds_a_control_again(trial: Trial) -> None:
    desktop = trial.desktop
    await desktop.launch(Launch("notepad"), "trial")
    before = await desktop.find(Control(control_type="Window", found_index=1))
    successor = UiaToolkit()

    assert before.pid == (await successor.facts(before.ref)).pid
    successor.close()
    await desktop.close(force=True)
