"""A program started, until a window of it is there."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from activities.drivers.desktop.attempt import marked
from activities.drivers.desktop.candidates import described
from activities.drivers.desktop.deadline import Deadline
from activities.drivers.desktop.reach import Reach
from activities.drivers.desktop.search import Search
from activities.drivers.desktop.toolkit import UnresponsiveError
from activities.sessions.desktop import Facts, Launch
from workflows.errors import ApplicationFailedError

_MOST_STARTS = 20
_TELLING = 1.0
"""Seconds within which a program that shows a window tells of it."""


@dataclass
class Start:
    """The start of a program, by the name that a reach has for it."""

    reach: Reach
    launch: Launch
    command: Sequence[str]
    before: frozenset[str]
    """The windows that were there already."""
    _starts: int = 0
    _mute: Deadline | None = None
    """Until when the program may show a window of which it tells nothing."""

    async def window(self) -> Facts:
        """Start it and wait for its first window."""
        await self._begin()
        async for _ in self.reach.deadline.looks():
            self.reach.see_desktop()
            own = await self._own()
            if await self._is_ready(own):
                return own[0]
            if not own and self.reach.ending is not None and not self.reach.ended_well:
                break
            if await self._has_missed(own):
                await self.reach.station.kill(self.reach.pid)
                await self._begin()
        raise await self._failure()

    async def _begin(self) -> None:
        self._starts += 1
        self._mute = None
        environment = marked({**self.reach.toolkit.environment, **(self.launch.environment or {})}, self.reach.key)
        folder = str(self.reach.station.folder)
        name = self.reach.name or ""
        try:
            pid = await self.reach.station.launch(self.command, environment, folder)
        except OSError as error:
            raise ApplicationFailedError(
                f"the program {self.launch.program!r} cannot be started on this robot: {error.strerror or error}",
                app=name,
            ) from error
        self.reach.station.remember(name, pid)

    async def _own(self) -> list[Facts]:
        """Its windows; those of another process if it has but told that one to open them."""
        windows = [window for window in await self.reach.toolkit.windows() if window.visible]
        family = self.reach.station.family(self.reach.pid)
        own = [window for window in windows if window.pid in family]
        if not own and self.reach.ended_well:
            own = [window for window in windows if window.ref not in self.before]
            if own:
                self.reach.station.remember(self.reach.app, own[0].pid)
        return own

    async def _is_ready(self, own: list[Facts]) -> bool:
        if self.launch.window is None:
            return bool(own)
        with suppress(UnresponsiveError):
            return bool(await Search(self.reach.toolkit, self.launch.window).among(own))
        return False

    async def _has_missed(self, own: list[Facts]) -> bool:
        """Whether it shows a window and will never tell of it, though it could; nothing was done with it yet."""
        family = self.reach.station.family(self.reach.pid)
        if own or self._starts >= _MOST_STARTS or not await self.reach.toolkit.missed(family):
            self._mute = None
            return False
        self._mute = self._mute or self.reach.deadline.sooner(_TELLING)
        return self._mute.left <= 0

    async def _failure(self) -> ApplicationFailedError:
        if self.reach.ending is not None:
            return ApplicationFailedError(
                f"the program {self.launch.program!r} {self.reach.ending} before it showed a window",
                acted=None,
                app=self.reach.app,
            )
        shown = ", ".join(described(window) for window in await self._own()) or "none"
        await self.reach.station.kill(self.reach.pid)
        wanted = f"the window {self.launch.window}" if self.launch.window else "a window"
        return ApplicationFailedError(
            f"the program {self.launch.program!r} did not show {wanted} in time and was ended; "
            f"its windows were: {shown}",
            acted=None,
            app=self.reach.app,
        )
