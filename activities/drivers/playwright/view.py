"""What one step may do with one tab, within its time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import playwright.async_api as pw

from activities.drivers.playwright import explain
from activities.drivers.playwright.hand import Hand
from activities.drivers.playwright.healing.recall import Recall
from activities.drivers.playwright.observe import Finding, Observer
from activities.drivers.playwright.patience import is_gone, is_passing
from activities.drivers.playwright.reach import PAUSE, Reach
from activities.drivers.playwright.session import PageSession
from activities.drivers.playwright.spot import Eye
from activities.sessions.browser import Condition, Difference
from activities.sessions.files import Workspace
from workflows.errors import InvalidParamsError, PageError


class View:
    """A tab as the node of one step sees it: the one of a name, or whichever is in front."""

    def __init__(
        self,
        session: PageSession,
        timeout: timedelta,
        workspace: Workspace | None,
        name: str | None = None,
        recall: Recall | None = None,
    ) -> None:
        self._reach = Reach(session, timeout, name, recall)
        self._eye = Eye(self._reach, workspace)
        self._hand = Hand(self._reach, self._eye)
        self._timeout = timeout
        self._workspace = workspace

    @property
    def workspace(self) -> Workspace:
        """The files of the run."""
        if self._workspace is None:
            raise InvalidParamsError("this step was given no workspace; declare its node with workspace=True")
        return self._workspace

    @property
    def url(self) -> str:
        """Where the tab is."""
        return self._reach.tab.url

    async def meets(self, condition: Condition, *, within: timedelta | None = None) -> Difference | None:
        """Wait until a condition is met; the difference that is left if it never is."""
        async with self._reach.watched():
            observer = Observer(condition)
            await self._reach.loaded()
            deadline = self._reach.deadline.sooner(within)
            found: Finding | None = None
            while True:
                tab = self._reach.tab
                try:
                    found = await self._reach.alive(observer.look(tab))
                except pw.TimeoutError:
                    found = Finding("a page that does not tell in time what it shows")
                except pw.Error as error:
                    if not is_passing(error) and not (tab.is_closed() and is_gone(error)):
                        raise
                    found = Finding("a page that is being replaced")
                except PageError:
                    if found is None:
                        raise
                if found is None:
                    return None
                if deadline.passed:
                    near = ""
                    if found.missing and condition.target is not None:
                        near, _ = await explain.nearest(tab, condition.target, self._reach.deadline.explaining)
                    return Difference(observer.expected, found.said + near, explain.place(tab), missing=found.missing)
                await asyncio.sleep(PAUSE)
