"""The trial of a desktop's verbs on the real library `uiautomation`, over stand-ins: an API contract."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from typing_extensions import override

from activities.drivers.desktop.trial import Trial
from activities.drivers.desktop.windows.station import WindowsStation
from activities.drivers.desktop.windows.toolkit import UiaToolkit
from tests.support.win32 import Windows
from tests.support.windows_programs import Editor

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


class Studio(WindowsStation):
    """Where every program that is started shows the window of an editor."""

    session: Windows
    editor: Editor | None = None

    @override
    async def launch(self, arguments: Sequence[str], environment: dict[str, str], directory: str) -> int:
        pid = await super().launch(SLEEP, environment, directory)
        self.editor = Editor(self.session, pid=pid)
        return pid


async def test_all_verbs_work_and_say_what_came_of_them(session: Windows, toolkit: UiaToolkit, tmp_path: Path) -> None:
    station = await Studio.open(tmp_path, "trial")
    station.session = session

    verdicts = [each async for each in Trial(toolkit, station, timedelta(seconds=1.5)).run("notepad")]

    found = {each.verb: (each.ok, each.found) for each in verdicts}
    assert [] == [each for each in verdicts if not each.ok]
    assert "Document 'Text editor'" in found["read_tree"][1]
    assert "100 x 30 pixels at 10, 20" in found["screenshot"][1]
    assert found["close"][1].startswith("by force: the program 'trial' does not end")
    await station.close()


async def test_a_program_that_does_not_start_ends_the_trial(toolkit: UiaToolkit, tmp_path: Path) -> None:
    station = await WindowsStation.open(tmp_path, "trial")

    verdicts = [each async for each in Trial(toolkit, station).run("nowhere.exe")]

    assert [("launch", False)] == [(each.verb, each.ok) for each in verdicts]
    assert "neither on the PATH nor registered with Windows" in verdicts[0].found
    await station.close()
