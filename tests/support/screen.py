"""A desktop with real programs, for tests of what steps do on it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from typing_extensions import override

from activities.drivers.desktop.atspi.toolkit import AtspiToolkit
from activities.drivers.desktop.session import DrivenDesktop
from activities.drivers.desktop.station.linux import LinuxStation, StationSettings
from activities.node import Node
from activities.provider import Provider
from activities.sessions.desktop import DESKTOP, DesktopSession, Launch
from activities.sessions.files import Workspace
from tests.support.steps import Steps
from workflows.call import StepCall

TELLING = 60.0
"""Seconds that steps have beyond what their sessions know of: on a busy machine it takes long to tell what is there."""

_FIELDS = ("--add-entry=Amount", "--add-entry=Supplier", "--add-combo=Category", "--combo-values=Food|Office|Travel")
PROGRAMS = {
    "calculator": Launch("gnome-calculator"),
    "editor": Launch("mousepad", ["--disable-server", "journal.txt"]),
    "form": Launch("zenity", ["--forms", "--title=Invoice", *_FIELDS]),
    "invoices": Launch(
        "zenity",
        ["--list", "--title=Invoices", "--column=Number", "--column=Supplier", "4711", "ACME", "4712", "Globex"],
    ),
    "settings": Launch("mousepad", ["--disable-server", "--preferences"]),
    "trap": Launch("/usr/bin/python3", [str(Path(__file__).with_name("trap.py"))]),
    "tabs": Launch("mousepad", ["--disable-server", "a.txt", "b.txt", "c.txt"]),
}
"""What tests have on their desktop, by the names that the examples of nodes use."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A desktop, and the programs that tests want on it."""

    station: LinuxStation
    toolkit: AtspiToolkit

    def session(self, *, seconds: float = 30, workspace: Workspace | None = None, key: str = "") -> DrivenDesktop:
        """What a step is lent."""
        timeout = timedelta(seconds=seconds)
        return DrivenDesktop(self.toolkit, self.station, timeout=timeout, workspace=workspace, key=key)

    async def have(self, app: str) -> DesktopSession:
        """One of the programs, started if it is not there."""
        pid = self.station.apps.get(app)
        if pid is None or self.station.ending(pid) is not None:
            for name in PROGRAMS[app].arguments:
                if name.endswith(".txt"):
                    await asyncio.to_thread((self.station.folder / name).write_text, f"Content of {name}\n")
            await asyncio.to_thread(self._forget_editors)
            await self.session(seconds=90).launch(PROGRAMS[app], app)
        return self.session().app(app)

    def _forget_editors(self) -> None:
        """Remove what editors that were killed have saved: the next one would ask about it."""
        data = self.station.environment.get("XDG_DATA_HOME", str(self.station.folder / ".local" / "share"))
        shutil.rmtree(Path(data) / "Mousepad", ignore_errors=True)

    def provider(self) -> Provider[DesktopSession]:
        """Lends the desktop to steps."""

        @asynccontextmanager
        async def lend(call: StepCall, workspace: Workspace | None) -> AsyncIterator[DesktopSession]:
            yield self.session(seconds=call.timeout - TELLING, workspace=workspace, key=call.key)

        return Provider(DESKTOP, lend)


class ScreenSteps(Steps):
    """Steps on that desktop, each for as long as it says and what it takes to tell why it failed."""

    @override
    def call(self, node: Node[Any, Any, Any], params: Mapping[str, Any], **facts: Any) -> StepCall:
        call = super().call(node, params, **facts)
        return call.model_copy(update={"timeout": call.timeout + TELLING})


@asynccontextmanager
async def running_screen(directory: Path) -> AsyncIterator[Screen]:
    """A desktop for as long as the block lasts."""
    station = await LinuxStation.open(StationSettings(directory), "screen")
    try:
        toolkit = await AtspiToolkit.connect(station.environment)
        try:
            yield Screen(station, toolkit)
        finally:
            await toolkit.close()
    finally:
        await station.close()
