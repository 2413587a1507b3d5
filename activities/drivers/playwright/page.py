"""A tab of a session, as the nodes of one step see it."""

from __future__ import annotations

from typing import Self

from activities.drivers.playwright.act import Actor
from activities.drivers.playwright.look import Looker
from activities.drivers.playwright.profile import DrivenProfile
from activities.drivers.playwright.scroll import Scroller
from activities.drivers.playwright.sheet import Reader
from activities.drivers.playwright.traffic import DrivenTraffic
from activities.drivers.playwright.travel import Traveller


class DrivenPage(Traveller, Actor, Scroller, Looker, Reader):
    """Does what a step asks of a tab, within the step's time."""

    @property
    def profile(self) -> DrivenProfile:
        """The browser apart from its tabs."""
        return DrivenProfile(self._reach)

    @property
    def traffic(self) -> DrivenTraffic:
        """What its pages ask the network for."""
        return DrivenTraffic(self._reach)

    def named(self, name: str) -> Self:
        """The tab of a name instead."""
        return type(self)(self._reach.session, self._timeout, self._workspace, name)
