"""A desktop, as the nodes of one step see it, whatever system it is on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Self

from activities.drivers.desktop.choice import Choice
from activities.drivers.desktop.deadline import Deadline
from activities.drivers.desktop.eye import Eye
from activities.drivers.desktop.hand import Hand
from activities.drivers.desktop.programs import Programs
from activities.drivers.desktop.reach import Reach
from activities.drivers.desktop.shelf import Shelf
from activities.drivers.desktop.sighted import Sighted
from activities.drivers.desktop.toolkit import Station, Toolkit
from activities.drivers.desktop.worth import Worth
from activities.sessions.files import Workspace
from workflows.errors import InvalidParamsError


class DrivenDesktop(Programs, Hand, Worth, Choice, Eye, Shelf):
    """Does what a step asks of a program with windows, within the step's time."""

    def __init__(
        self,
        toolkit: Toolkit,
        station: Station,
        *,
        timeout: timedelta,
        workspace: Workspace | None = None,
        key: str = "",
    ) -> None:
        self._reach = Reach(Sighted(toolkit), station, Deadline(timeout), workspace, key=key)

    @property
    def workspace(self) -> Workspace:
        """The files of the run."""
        if self._reach.workspace is None:
            raise InvalidParamsError("this step has no files of the run")
        return self._reach.workspace

    def app(self, name: str) -> Self:
        """The same desktop with another of its programs."""
        return self._reaching(self._reach.named(name))

    def permitting(self, programs: Sequence[str]) -> Self:
        """The same desktop where only these programs are started; all if there are none."""
        return self._reaching(replace(self._reach, programs=tuple(programs)))

    def _reaching(self, reach: Reach) -> Self:
        other = object.__new__(type(self))
        other._reach = reach
        return other
