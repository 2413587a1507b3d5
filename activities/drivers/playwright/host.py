"""The one browser of a robot process, and the sessions in it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import playwright.async_api as pw

from activities.drivers.browsers import MissingBrowser, find_browser
from activities.drivers.playwright.page import DrivenPage
from activities.drivers.playwright.patience import first_line, is_gone, settle, when_driver_ends
from activities.drivers.playwright.session import PageSession, Restored
from activities.sessions.browser import Page
from activities.sessions.files import Workspace
from workflows.errors import SessionLostError, SessionUnavailableError

_START_TIME = 30.0


@dataclass(frozen=True, slots=True)
class BrowserSettings:
    """How this robot runs its browser."""

    executable: Path | None = None
    """Which browser; None looks for one."""
    headed: bool = False
    """Whether windows are shown."""
    slow_motion: timedelta = field(default=timedelta())
    """How long to pause before each action, for people who watch."""
    max_sessions: int = 5
    traces: Path | None = None
    """Where traces are while they are recorded; None leaves it to the browser."""


class BrowserHost:
    """Holds a browser and gives out isolated sessions of it.

    The browser starts with the first session. When it dies, its sessions are lost and the next one starts another.
    Leaving the context closes everything; should this process be killed, the browser goes with it.
    """

    def __init__(self, settings: BrowserSettings | None = None) -> None:
        self._settings = settings or BrowserSettings()
        self._sessions: dict[str, PageSession] = {}
        self._opening: dict[str, asyncio.Task[PageSession]] = {}
        self._playwright: pw.Playwright | None = None
        self._launch: asyncio.Task[pw.Browser] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session_id in (*self._opening, *self._sessions):
            await self.close(session_id)
        if self._launch is not None:
            await asyncio.wait({self._launch})
        await self._stop()

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions that are alive."""
        return tuple(session.id for session in self._sessions.values() if session.lost_because is None)

    async def open(self, session_id: str, *, restored: Restored | None = None) -> PageSession:
        """Open a session, where another was left if need be; one that is open already is given back.

        Raises:
            SessionUnavailableError: there is no browser, or there are too many sessions.
        """
        known = self._sessions.get(session_id)
        if known is not None and known.lost_because is None:
            return known
        opening = self._opening.get(session_id)
        if opening is None:
            self._refuse_too_many()
            opening = self._opening[session_id] = asyncio.create_task(self._open(session_id, restored))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            await self.close(session_id)
            raise

    def find(self, session_id: str) -> PageSession:
        """Find an open session.

        Raises:
            SessionLostError: it is not here, or died.
        """
        session = self._sessions.get(session_id)
        if session is None:
            raise SessionLostError(
                f"the browser session {session_id!r} is not on this robot: it was closed, or the robot started anew"
            )
        session.refuse_if_lost()
        return session

    def known(self, session_id: str) -> PageSession | None:
        """A session that is here, alive or not."""
        return self._sessions.get(session_id)

    def page(self, session_id: str, *, timeout: timedelta, workspace: Workspace | None = None) -> Page:
        """A step's view of a session: what waits in it gives up a little before the step's timeout.

        Raises:
            SessionLostError: the session is not here, or died.
        """
        return DrivenPage(self.find(session_id), timeout, workspace)

    async def close(self, session_id: str) -> None:
        """Close a session, its tabs and its cookies; one that is not there is closed already."""
        opening = self._opening.get(session_id)
        if opening is not None:
            await asyncio.wait({opening})
        session = self._sessions.pop(session_id, None)
        if session is not None:
            await session.close()

    def _refuse_too_many(self) -> None:
        limit = self._settings.max_sessions
        if len(self.sessions) + len(self._opening) >= limit:
            raise SessionUnavailableError(
                f"all {limit} browser sessions of this robot are taken; wait for one to end or raise max_sessions"
            )

    async def _open(self, session_id: str, restored: Restored | None) -> PageSession:
        try:
            browser = await self._running()
            devices = self._playwright.devices if self._playwright else {}
            session = await PageSession.open(
                session_id, browser, devices, restored=restored, traces=self._settings.traces
            )
        except pw.Error as error:
            raise SessionUnavailableError(f"the browser could not open a session: {first_line(error)}") from error
        finally:
            del self._opening[session_id]
        self._sessions[session_id] = session
        return session

    async def _running(self) -> pw.Browser:
        """The browser, launched if need be; whoever stops waiting for it does not stop the launch."""
        launch = self._launch
        if launch is None or (launch.done() and not _is_running(launch)):
            launch = self._launch = asyncio.create_task(self._relaunch())
        return await asyncio.shield(launch)

    async def _relaunch(self) -> pw.Browser:
        await self._stop()
        try:
            return await asyncio.wait_for(self._start(), _START_TIME)
        except (pw.Error, OSError, TimeoutError) as error:
            reason = "it ended at once" if isinstance(error, pw.Error) and is_gone(error) else first_line(error)
            raise SessionUnavailableError(f"the browser does not start: {reason}") from error

    async def _start(self) -> pw.Browser:
        settings = self._settings
        found = await find_browser(settings.executable, headed=settings.headed)
        if isinstance(found, MissingBrowser):
            raise SessionUnavailableError(f"no browser can be started: {found.reason}; {found.remedy}")
        self._playwright = await pw.async_playwright().start()
        browser = await self._playwright.chromium.launch(
            executable_path=found.executable,
            headless=not settings.headed,
            traces_dir=settings.traces,
            slow_mo=settings.slow_motion.total_seconds() * 1000,
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )
        browser.on("disconnected", lambda browser: self._lose_all(browser, "the browser process ended"))
        when_driver_ends(self._playwright, partial(self._lose_driver, self._playwright, browser))
        return browser

    def _lose_driver(self, playwright: pw.Playwright, browser: pw.Browser) -> None:
        """Forget a driver that died: it can neither be asked nor stopped any more."""
        if self._playwright is playwright:
            self._playwright = self._launch = None
            self._lose_all(browser, "the browser's driver ended")

    def _lose_all(self, browser: pw.Browser, reason: str) -> None:
        for session in self._sessions.values():
            if session.browser is browser:
                session.lose(reason)

    async def _stop(self) -> None:
        """End the browser and its driver; sessions end with them."""
        playwright, self._playwright = self._playwright, None
        if playwright is not None:
            await settle(playwright.stop())


def _is_running(launch: asyncio.Task[pw.Browser]) -> bool:
    return not launch.cancelled() and launch.exception() is None and launch.result().is_connected()
