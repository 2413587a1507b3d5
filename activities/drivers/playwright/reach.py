"""Getting hold of elements, and never waiting longer than the step or the session lasts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, TypeVar

import playwright.async_api as pw

from activities.drivers.playwright import explain
from activities.drivers.playwright.healing.recall import Recall, Sought
from activities.drivers.playwright.locate import locate
from activities.drivers.playwright.patience import Deadline, first_line, is_gone, is_passing, was_dispatched
from activities.drivers.playwright.session import PageSession
from activities.sessions.browser import Dialog, Reaction
from activities.sessions.target import Target
from workflows.errors import (
    AetherError,
    ElementNotReadyError,
    InvalidParamsError,
    InvalidTargetError,
    PageError,
    SessionLostError,
)

T = TypeVar("T")

_LOOK_TIME = 0.5
PAUSE = 0.05
_REPLACED_TIME = 0.5
_UNREADABLE = ("while parsing", "is not a valid", "Unknown engine", "Unsupported token", "Malformed selector")


class Reach:
    """A session within the time of one step."""

    def __init__(
        self, session: PageSession, timeout: timedelta, name: str | None = None, recall: Recall | None = None
    ) -> None:
        self.session = session
        self.deadline = Deadline(timeout)
        self.recall = recall
        self._name = name

    @property
    def tab(self) -> pw.Page:
        """The tab of the step's choice, or the one in front."""
        page = self.tab_if_open
        if page is None:
            self.session.refuse_if_lost()
        if page is None and self._name is not None:
            raise PageError(f"there is no tab {self._name!r}; {self._open_tabs()}")
        if page is None:
            raise PageError("no tab is open: the page closed the last one; open an address first")
        return page

    @property
    def tab_if_open(self) -> pw.Page | None:
        """The same; None when it was closed."""
        return self.session.tabs.find(self._name) if self._name is not None else self.session.front

    async def present(self, target: Target) -> pw.Locator:
        """The one element a target names, as soon as it is there, in whatever tab is in front by then.

        Where a target names nothing, several, or another element than it did, the one it meant is looked for.
        """
        attempts = self.deadline.moments(self.recall.patience(self._sought(target)) if self.recall else ())
        while True:
            element = locate(self.tab, target)
            count = await self.count(target)
            due = attempts.due or self.deadline.passed
            meant = await self._meant(target, element, count, due=due)
            if meant is not None:
                return meant
            if count > 1:
                why = explain.ambiguous(self.tab, target, element, self.deadline.explaining)
                raise await self._unhealed(target, why)
            if self.deadline.passed or (self.recall and self.recall.asks and attempts.over):
                raise await self._unhealed(target, explain.not_found(self.tab, target, self.deadline.explaining))
            await (self._appearance(element) if count == 0 else asyncio.sleep(PAUSE))

    async def _meant(self, target: Target, element: pw.Locator, count: int, *, due: bool) -> pw.Locator | None:
        """The element that a target means, which names so many now; None to look again."""
        if count != 1:
            await self.session.watch.trouble()
        if self.recall is None:
            return element if count == 1 else None
        sought = self._sought(target)
        if count == 1:
            return await self.recall.confirmed(sought, element, due=due)
        return await self.recall.instead(sought) if count > 1 or due else None

    def _sought(self, target: Target) -> Sought:
        return Sought(self.tab, target, self.deadline)

    async def _unhealed(self, target: Target, told: Awaitable[AetherError]) -> AetherError:
        error = await told
        return await self.recall.explained(self._sought(target), error) if self.recall else error

    async def count(self, target: Target, *, visible: bool | None = None) -> int:
        """How many elements match now; none while a page is being replaced."""
        tab = self.tab
        try:
            matching = locate(tab, target)
            return await self.alive((matching if visible is None else matching.filter(visible=visible)).count())
        except pw.Error as error:
            self._refuse_unreadable(error, target)
            if not is_passing(error) and not (tab.is_closed() and is_gone(error)):
                raise
            return 0

    async def seen(self, target: Target, function: str, argument: object = None) -> Any:  # noqa: ANN401 - JSON
        """What a script says of the one element a target names, as soon as it is there."""
        while True:
            answers = await self.ask(await self.present(target), function, argument)
            if answers:
                return answers[0]
            if self.deadline.passed:
                raise await explain.not_found(self.tab, target, self.deadline.explaining)

    async def ask(self, element: pw.Locator, function: str, argument: object = None) -> list[Any]:
        """What a script says of an element; nothing if it is not there any more or the page is being replaced."""
        each = f"elements.slice(0, 1).map(element => ({function})(element, argument))"
        question = f"(elements, argument) => Promise.all({each})"
        try:
            answers: list[Any] = await self.alive(element.evaluate_all(question, argument))
        except pw.Error as error:
            if not is_passing(error):
                raise
            return []
        return answers

    async def loaded(self) -> None:
        """Wait until all of the page's elements are there."""
        with suppress(pw.TimeoutError):
            await self.alive(self.tab.wait_for_load_state("domcontentloaded", timeout=self.deadline.left_ms))

    async def _appearance(self, element: pw.Locator) -> None:
        look = min(_LOOK_TIME, self.deadline.left) * 1000
        try:
            await self.alive(element.first.wait_for(state="attached", timeout=max(1.0, look)))
        except pw.TimeoutError:
            return
        except pw.Error:
            await asyncio.sleep(PAUSE)

    async def using(self, target: Target, act: Callable[[float], Awaitable[T]], *, wanted: str) -> T:
        """Do something with an element that is there, or say what stands in the way.

        `act` is told how many milliseconds it may take. An element that came late, or on a busy machine, may not have
        been looked at even once by then: there is the time to find out why, too.
        """
        try:
            try:
                return await self.alive(act(self.deadline.left_ms))
            except pw.TimeoutError as error:
                looked = explain.obstacle(error) is not None or was_dispatched(error)
                if looked or not self.deadline.passed:
                    raise
                return await self.alive(act(self.deadline.explaining_ms))
        except pw.TimeoutError as error:
            raise explain.not_ready(self.tab, target, error, wanted=wanted) from None
        except pw.Error as error:
            if is_gone(error):
                raise
            where = explain.place(self.tab)
            raise PageError(f"{target} on {where} cannot be {wanted}: {explain.refusal(first_line(error))}") from None

    @asynccontextmanager
    async def dispatching(self, dialog: Dialog | None) -> AsyncIterator[None]:
        """Mark whatever fails from here on as something that may have had its effect."""
        self.session.refuse_if_lost()
        self.session.dialogs.clear()
        self.session.answer = dialog
        try:
            yield
        except AetherError as error:
            if not isinstance(error, InvalidParamsError | ElementNotReadyError):
                error.acted = None
            raise
        except pw.Error as error:
            raise await self._translated(error, acted=None) from None
        finally:
            self.session.answer = None

    def reaction(self) -> Reaction:
        """What the page did since the last dispatch."""
        page = self.tab_if_open or self.session.front
        return Reaction(page.url if page else "about:blank", tuple(self.session.dialogs))

    def _open_tabs(self) -> str:
        tabs = [f"{name!r} ({explain.place(page)})" for name, page in self.session.tabs]
        return f"open are: {', '.join(tabs)}" if tabs else "none is open"

    async def _tab_is_there(self) -> None:
        """Wait for the tab of the step's choice: a page may be about to open it."""
        while self._name is not None:
            if self.tab_if_open is not None or self.deadline.passed:
                return
            await asyncio.sleep(PAUSE)

    @asynccontextmanager
    async def acting(self) -> AsyncIterator[None]:
        """The same for a step that does something: the answers pages got before are not its work."""
        async with self.watched():
            self.session.log.clear()
            self.session.paging = None
            yield

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Let nothing of Playwright's out: its errors are ours, without its log of what was typed."""
        self.session.named = self._name
        await self._tab_is_there()
        try:
            yield
        except pw.Error as error:
            raise await self._translated(error, acted=False) from None

    async def _translated(self, error: pw.Error, *, acted: bool | None) -> AetherError:
        if any(sign in error.message for sign in _UNREADABLE):
            return InvalidTargetError(f"a target cannot be read: {first_line(error)}")
        if is_gone(error):
            await asyncio.wait({self.session.loss}, timeout=_REPLACED_TIME)
            if self.session.lost_because is not None:
                return SessionLostError(f"the browser session is lost: {self.session.lost_because}", acted=acted)
            return PageError("the tab was closed while a step used it", acted=acted)
        where = explain.place(self.tab_if_open)
        return PageError(f"the page {where} failed: {first_line(error)}", acted=acted)

    async def alive(self, call: Awaitable[T]) -> T:
        """Wait for Playwright as long as the session lives and there is time."""
        task = asyncio.ensure_future(call)
        loss = self.session.loss
        either: set[asyncio.Future[Any]] = {task, loss}
        try:
            if self.session.lost_because is None:  # else the call must not even begin
                await asyncio.wait(
                    either,
                    timeout=self.deadline.left + self.deadline.explaining,
                    return_when=asyncio.FIRST_COMPLETED,
                )
            if task.done():
                return task.result()
            if loss.done():
                raise SessionLostError(f"the browser session is lost: {loss.result()}")
            raise PageError(f"the page {explain.place(self.tab_if_open)} does not answer; its scripts may hang")
        finally:
            task.cancel()

    def _refuse_unreadable(self, error: pw.Error, target: Target) -> None:
        if any(sign in error.message for sign in _UNREADABLE):
            raise InvalidTargetError(f"{target} cannot be read: {first_line(error)}") from None
