"""Desktops to look at outside of any run: that of the person who asks, or one made for a single program."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from activities.drivers.desktop.atspi.toolkit import AtspiToolkit
from activities.drivers.desktop.station.linux import LinuxStation, StationSettings
from activities.drivers.desktop.toolkit import Toolkit
from workflows.errors import ApplicationFailedError, SessionUnavailableError

_LOOK = 0.2
_PATIENCE = 30.0
"""Seconds a program may take to show a window."""


@asynccontextmanager
async def own_desktop() -> AsyncIterator[Toolkit]:
    """The desktop of the person who runs this process.

    Raises:
        SessionUnavailableError: there is none, or its programs do not tell of their controls.
    """
    if sys.platform == "win32":
        from activities.drivers.desktop.windows.toolkit import UiaToolkit  # noqa: PLC0415 - is there on Windows only

        toolkit = UiaToolkit()
        try:
            yield toolkit
        finally:
            toolkit.close()
    else:
        lacking = [name for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS") if not os.environ.get(name)]
        if lacking:
            raise SessionUnavailableError(
                f"this terminal belongs to no desktop: {' and '.join(lacking)} must be set; use one on the desktop, or "
                "have a desktop made for a program with --launch"
            )
        async with _toolkit(os.environ) as linux:
            yield linux


@asynccontextmanager
async def _toolkit(environment: Mapping[str, str]) -> AsyncIterator[AtspiToolkit]:
    toolkit = await AtspiToolkit.connect(environment)
    try:
        yield toolkit
    finally:
        await toolkit.close()


@asynccontextmanager
async def desktop_of(command: Sequence[str]) -> AsyncIterator[Toolkit]:
    """A desktop that nobody sees, with one program on it whose windows are there (Linux).

    Raises:
        ApplicationFailedError: the program does not start, or shows no window.
    """
    directory = await asyncio.to_thread(tempfile.mkdtemp, prefix="aether-")
    try:
        async with _station(Path(directory)) as station, _toolkit(station.environment) as toolkit:
            try:
                pid = await station.launch(command, dict(toolkit.environment), str(station.folder))
            except OSError as error:
                raise ApplicationFailedError(f"{command[0]!r} does not start: {error.strerror}") from None
            await _shown(toolkit, station, pid, command[0])
            yield toolkit
    finally:
        await asyncio.to_thread(shutil.rmtree, directory, ignore_errors=True)


@asynccontextmanager
async def _station(directory: Path) -> AsyncIterator[LinuxStation]:
    station = await LinuxStation.open(StationSettings(directory), uuid4().hex)
    try:
        yield station
    finally:
        await station.close()


async def _shown(toolkit: Toolkit, station: LinuxStation, pid: int, program: str) -> None:
    """Wait until the windows of a program are there, and no more controls come."""
    before: list[int] = []
    for _ in range(round(_PATIENCE / _LOOK)):
        await asyncio.sleep(_LOOK)
        windows = await toolkit.windows()
        now = [await _size(toolkit, window.ref) for window in windows]
        if now and now == before:
            return
        before = now
        ending = station.ending(pid)
        if ending is not None and not now:
            raise ApplicationFailedError(f"{program!r} {ending} before it showed a window")
    if not before:
        raise ApplicationFailedError(f"{program!r} showed no window within {_PATIENCE:.0f} s")


async def _size(toolkit: Toolkit, ref: str) -> int:
    """How many controls there are in the upper levels of a window."""
    children = await toolkit.children(ref)
    return len(children) + sum(child.children for child in children)
