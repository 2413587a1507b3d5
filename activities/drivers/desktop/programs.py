"""Programs started, found and ended."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from activities.drivers.desktop.attempt import make_room
from activities.drivers.desktop.candidates import described, shortened
from activities.drivers.desktop.folder import lend
from activities.drivers.desktop.match import fits
from activities.drivers.desktop.permitted import refuse_unless
from activities.drivers.desktop.reach import Reach
from activities.drivers.desktop.search import Search
from activities.drivers.desktop.start import Start
from activities.drivers.desktop.toolkit import StaleError, UnresponsiveError, UnsupportedError
from activities.sessions.control import Control
from activities.sessions.desktop import App, Facts, Launch
from workflows.errors import (
    ApplicationFailedError,
    ElementAmbiguousError,
    ElementNotFoundError,
    InvalidParamsError,
)

_MOST = 6
_CLOSING = 1.0
"""Seconds after which a window that is still there is asked again, unless another has come, e.g. with a question."""


class Programs:
    """What a step does with whole programs."""

    _reach: Reach

    async def launch(self, launch: Launch, name: str) -> App:
        """Start a program and wait until a window of it is there."""
        reach = self._reach
        refuse_unless(launch, reach.programs)
        reach.see_desktop()
        before = frozenset(window.ref for window in await reach.toolkit.windows())
        await make_room(reach, name)
        command = [launch.program, *launch.arguments, *await self._lent(launch.files)]
        window = await Start(reach.named(name), launch, command, before).window()
        return App(name, reach.named(name).pid, window.name)

    async def attach(self, window: Control, name: str) -> App:
        """Work with a program that is on the desktop already, by one of its windows."""
        reach = self._reach
        found: list[Facts] = []
        windows: list[Facts] = []
        async for _ in reach.deadline.looks():
            reach.see_desktop()
            windows = await _shown(reach)
            found = [each for each in windows if fits(window, each, 1)]
            found = found or await Search(reach.toolkit, window).among(windows)
            if found:
                break
        there = ", ".join(described(each) for each in windows[:_MOST]) or "none"
        if not found:
            raise ElementNotFoundError(
                f"no window on the desktop matches {window}; there are: {there}", target=str(window)
            )
        if len({each.pid for each in found}) > 1:
            raise ElementAmbiguousError(
                f"{len(found)} windows of several programs match {window}; there are: {there}", target=str(window)
            )
        reach.station.remember(name, found[0].pid)
        return App(name, found[0].pid, found[0].name)

    async def close(self, *, force: bool = False) -> None:
        """Close the windows of the program and wait until it has ended; `force` ends it as it is."""
        reach = self._reach
        if not reach.known or reach.ending is not None:
            return
        if force:
            await reach.station.kill(reach.pid)
        asked: set[str] = set()
        patience = reach.deadline.sooner(0)
        async for _ in reach.deadline.looks():
            reach.see_desktop()
            if reach.ending is not None:
                return
            windows = [] if force else await _own(reach)
            if patience.left <= 0 and (not asked or asked.issuperset(window.ref for window in windows)):
                patience = reach.deadline.sooner(_CLOSING)
                asked = {window.ref for window in windows}
                for window in windows:
                    with suppress(StaleError, UnsupportedError):
                        await reach.toolkit.close_window(window.ref)
        raise await _still_there(reach)

    async def _lent(self, files: Sequence[str]) -> list[str]:
        """Copies of files of the run, for as long as the desktop lasts."""
        if not files:
            return []
        if self._reach.workspace is None:
            raise InvalidParamsError("this step has no files of the run to give to a program")
        return [str(await lend(self._reach.workspace, file, self._reach.station.folder)) for file in files]


async def _still_there(reach: Reach) -> ApplicationFailedError:
    windows = await _own(reach)
    shown = "; ".join([f"{described(window)}{await _says(reach, window)}" for window in windows[-2:]])
    asks = (
        f"it shows {shown}: answer it, or close with force"
        if windows
        else "it has no window any more: close with force"
    )
    return ApplicationFailedError(f"the program {reach.app!r} does not end; {asks}", acted=True, app=reach.app)


async def _says(reach: Reach, window: Facts) -> str:
    """What a window that stays open says, e.g. that something is not saved."""
    with suppress(StaleError, UnsupportedError, UnresponsiveError):
        found = await Search(reach.toolkit, Control(name_regex=".")).below([window])
        words = [repr(shortened(facts.name)) for facts in found if facts.control_type in {"Text", "Button"}]
        return f" with {', '.join(words[:_MOST])}" if words else ""
    return ""


async def _shown(reach: Reach) -> list[Facts]:
    return [window for window in await reach.toolkit.windows() if window.visible]


async def _own(reach: Reach) -> list[Facts]:
    family = reach.station.family(reach.pid)
    return [window for window in await _shown(reach) if window.pid in family]
