"""One program on a desktop, for one step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from activities.drivers.desktop.deadline import Deadline
from activities.drivers.desktop.toolkit import Station, Toolkit, UnresponsiveError
from activities.sessions.desktop import Facts
from activities.sessions.files import Workspace
from workflows.errors import ApplicationFailedError, InvalidParamsError, SessionLostError

_ENDED_WELL = re.compile(r"ended(?: with exit code 0\b.*)?", re.DOTALL)
_CRASHED = "was ended by "


@dataclass(frozen=True, slots=True)
class Reach:
    """What a step can reach, and for how long."""

    toolkit: Toolkit
    station: Station
    deadline: Deadline
    workspace: Workspace | None
    name: str | None = None
    """What the document calls the program; None for the one it launched or attached last."""
    key: str = ""
    """The idempotency key of the step."""
    programs: Sequence[str] = ()
    """Those that may be started; all where there are none."""

    def named(self, name: str) -> Self:
        """Another program instead."""
        return replace(self, name=name)

    def sooner(self, seconds: float) -> Self:
        """The same with less time."""
        return replace(self, deadline=self.deadline.sooner(seconds))

    @property
    def app(self) -> str:
        """What the document calls the program."""
        apps = self.station.apps
        if not apps:
            raise InvalidParamsError("no program is there to work with: launch or attach one first")
        if self.name is not None and self.name not in apps:
            known = ", ".join(repr(name) for name in apps)
            raise InvalidParamsError(f"no program is called {self.name!r}; launched or attached are: {known}")
        return self.name if self.name is not None else [*apps][-1]

    @property
    def known(self) -> bool:
        """Whether a program of that name was launched or attached at all."""
        return bool(self.station.apps) if self.name is None else self.name in self.station.apps

    @property
    def pid(self) -> int:
        """Its process."""
        return self.station.apps[self.app]

    @property
    def ending(self) -> str | None:
        """How the program ended; None while it runs."""
        return self.station.ending(self.pid)

    @property
    def ended_well(self) -> bool:
        """Whether the program has ended as programs should."""
        ending = self.ending
        return ending is not None and _ENDED_WELL.fullmatch(ending) is not None

    @property
    def crashed(self) -> bool:
        """Whether the program has ended as none does by itself; one that was cancelled ends with a code of its own."""
        return (self.ending or "").startswith(_CRASHED)

    async def windows(self) -> Sequence[Facts]:
        """The windows of the program and of those it started.

        Raises:
            ApplicationFailedError: it has none and has ended.
            SessionLostError: there is no desktop any more.
        """
        self.see_desktop()
        family = self.station.family(self.pid)
        found = [window for window in await self.toolkit.windows() if window.pid in family]
        if not found and self.ending is not None:
            raise self.ended()
        return found

    async def telling(self) -> Sequence[Facts]:
        """The windows of the program, for what is not to take a program that hangs for one without windows.

        Raises:
            UnresponsiveError: it has none that answer, and may have some that do not.
        """
        found = await self.windows()
        if not found and await self.toolkit.deaf(self.station.family(self.pid)):
            raise UnresponsiveError("the program does not answer")
        return found

    def see_desktop(self) -> None:
        """See that there is a desktop.

        Raises:
            SessionLostError: there is none any more.
        """
        if self.station.lost_because is not None:
            raise SessionLostError(f"the desktop is gone: {self.station.lost_because}")

    def ended(self, *, acted: bool | None = False) -> ApplicationFailedError:
        """What is to be said of a program that is no more."""
        how = self.ending or "has gone"
        return ApplicationFailedError(
            f"the program {self.app!r} {how}, so nothing can be done in it any more: launch it again",
            acted=acted,
            app=self.app,
        )

    def silent(self, *, acted: bool | None = False) -> ApplicationFailedError:
        """What is to be said of a program that does not answer."""
        return ApplicationFailedError(
            f"the program {self.app!r} does not answer: it is busy, or it hangs; wait for it, or close it with force",
            acted=acted,
            app=self.app,
        )
