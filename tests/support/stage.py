"""Desktops that the contract of sessions is tried on, each with programs that have one control of every kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from activities.drivers.desktop.atspi.toolkit import AtspiToolkit
from activities.drivers.desktop.session import DrivenDesktop
from activities.drivers.desktop.station.linux import LinuxStation, StationSettings
from activities.drivers.desktop.toolkit import Station, Toolkit
from activities.drivers.desktop.windows.toolkit import UiaToolkit
from activities.sessions.control import Control
from activities.sessions.desktop import Launch
from tests.support.toolkit import PID, Place, target
from tests.support.windows import windows
from tests.support.windows_programs import Editor

_FORM = ("--add-entry=Amount", "--add-entry=Supplier", "--add-combo=Category", "--combo-values=Food|Office|Travel")
_ROWS = ("--column=Number", "--column=Supplier", "4711", "ACME", "4712", "Globex")
LINUX = {
    "calculator": Launch("gnome-calculator"),
    "crunch": Launch("speedcrunch"),
    "editor": Launch("mousepad", ["--disable-server"]),
    "form": Launch("zenity", ["--forms", "--title=Invoice", *_FORM]),
    "rows": Launch("zenity", ["--list", "--title=Invoices", *_ROWS]),
    "scale": Launch("zenity", ["--scale", "--title=Zoom", "--value=100", "--min-value=10", "--max-value=500"]),
    "settings": Launch("mousepad", ["--disable-server", "--preferences"]),
    "sheet": Launch(
        "soffice",
        ["--calc", "--norestore", "--nologo", "--nofirststartwizard"],
        window=Control(control_type="DataGrid"),
    ),
}
"""Programs by the names that tests have for them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A control of one of a stage's programs."""

    app: str
    target: Control


@dataclass(frozen=True)
class Stage:
    """A desktop, and where on it there is a control of each kind."""

    toolkit: Toolkit
    station: Station
    field: Part
    switch: Part
    choice: Part
    items: tuple[str, str]
    scale: Part
    table: Part
    rows: list[list[str]]
    disabled: Part
    menu: tuple[str, ...]
    launches: Mapping[str, Launch]

    async def session(self, app: str, *, seconds: float = 60) -> DrivenDesktop:
        """A step's session on one of the programs, which is started if it is not there."""
        pid = self.station.apps.get(app)
        if app in self.launches and (pid is None or self.station.ending(pid) is not None):
            await self.desktop(seconds=90).launch(self.launches[app], app)
        return self.desktop(seconds=seconds).app(app)

    def desktop(self, *, seconds: float = 60) -> DrivenDesktop:
        """A step's session before there is any program."""
        return DrivenDesktop(self.toolkit, self.station, timeout=timedelta(seconds=seconds))


@asynccontextmanager
async def linux(directory: Path) -> AsyncIterator[Stage]:
    """An Xvfb with real programs, started as they are needed."""
    station = await LinuxStation.open(StationSettings(directory), "stage")
    try:
        toolkit = await AtspiToolkit.connect(station.environment)
        try:
            yield Stage(
                toolkit,
                station,
                field=Part("form", target(control_type="Edit", name="Supplier")),
                switch=Part("settings", target(control_type="CheckBox", name="Show line numbers")),
                choice=Part("form", target(name="Category")),
                items=("Food", "Travel"),
                scale=Part("scale", target(control_type="Slider")),
                table=Part("rows", target(control_type="DataGrid")),
                rows=[["Number", "Supplier"], ["4711", "ACME"], ["4712", "Globex"]],
                disabled=Part("settings", target(name="Monospace Regular")),
                menu=("View", "Toolbar"),
                launches=LINUX,
            )
        finally:
            await toolkit.close()
    finally:
        await station.close()


@asynccontextmanager
async def windows_api() -> AsyncIterator[Stage]:
    """The real library `uiautomation` over COM objects that are stand-ins: an API contract, and nothing of Windows."""
    with windows() as session:
        Editor(session, pid=PID)
        toolkit = UiaToolkit(pressing=2)
        try:
            yield Stage(
                toolkit,
                Place(),
                field=Part("app", target(control_type="Document", name="Text editor")),
                switch=Part("app", target(control_type="CheckBox", name="Word wrap")),
                choice=Part("app", target(name="Fonts")),
                items=("Courier", "Times"),
                scale=Part("app", target(control_type="Slider")),
                table=Part("app", target(control_type="Table")),
                rows=[["Name", "Size"], ["a.txt", "3 KB"], ["b.txt", ""]],
                disabled=Part("app", target(name="Print")),
                menu=("File", "Save"),
                launches={},
            )
        finally:
            await asyncio.to_thread(toolkit.close)
