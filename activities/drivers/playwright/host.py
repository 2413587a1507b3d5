"""The one browser of a robot, and the sessions in it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import playwright.async_api as pw
import structlog

from activities.drivers.browsers import Engine, MissingBrowser, find_browser
from activities.drivers.playwright.healing.recall import Recall
from activities.drivers.playwright.hosting.lodging import Inside, Lodging
from activities.drivers.playwright.hosting.note import Launch
from activities.drivers.playwright.hosting.recovery import resumed
from activities.drivers.playwright.page import DrivenPage
from activities.drivers.playwright.patience import answers, first_line, is_gone, settle, when_driver_ends
from activities.drivers.playwright.session import PageSession, Restored
from activities.sessions.browser import Page
from activities.sessions.files import Workspace
from workflows.errors import BrowserFailedError, SessionLostError, SessionUnavailableError

_START_TIME = 30.0
_OPEN_TIME = 60.0
_RECOVERY_TIME = 30.0
_GOING_AWAY = 0.2
"""Seconds it may take until a browser that is gone is known to be."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class BrowserSettings:
    """How this robot runs its browser."""

    executable: Path | None = None
    """Which browser; None looks for one."""
    engine: Engine = "chromium"
    headed: bool = False
    """Whether windows are shown."""
    slow_motion: timedelta = field(default=timedelta())
    """How long to pause before each action, for people who watch."""
    max_sessions: int = 5
    patience: timedelta = timedelta(seconds=15)
    """How long a browser that is in use may give no answer before it is taken for hung; it is asked thrice as often."""
    traces: Path | None = None
    """Where traces of a browser inside of the robot are while they are recorded; None leaves it to the browser."""


class BrowserHost:
    """Holds a browser and gives out isolated sessions of it.

    The browser starts with the first session. When it dies or hangs, its sessions are lost and the next one starts
    another. Leaving the context closes everything. Should this process be killed, a browser inside of it goes with
    it; one that lodges outside stays for a successor, which has its sessions again by `recover`.
    """

    def __init__(self, settings: BrowserSettings | None = None, lodging: Lodging | None = None) -> None:
        self._settings = settings or BrowserSettings()
        self._lodging = lodging or Inside(self._settings.traces)
        self._sessions: dict[str, PageSession] = {}
        self._opening: dict[str, asyncio.Task[PageSession]] = {}
        self._playwright: pw.Playwright | None = None
        self._launch: asyncio.Task[pw.Browser] | None = None
        self._rounds: asyncio.Task[None] | None = None
        self._ending = asyncio.Lock()
        self._noting: set[asyncio.Task[None]] = set()
        self._opened = 0
        """Sessions that the browser has had."""
        self._weighed = 0
        """How many of them there had been when its memory was looked at last."""
        self._weight = 0
        """What it needed then, in bytes."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rounds is not None:
            self._rounds.cancel()
        for session_id in (*self._opening, *self._sessions):
            await self.close(session_id)
        if self._launch is not None:
            await asyncio.wait({self._launch})
        await self._stop()
        await self._lodging.leave()

    @property
    def sessions(self) -> tuple[str, ...]:
        """The sessions that are alive."""
        return tuple(session.id for session in self._sessions.values() if session.lost_because is None)

    def dismiss(self) -> None:
        """End the browser without waiting for it: this process is about to end at once."""
        self._lodging.dismiss()

    async def recover(self) -> tuple[str, ...]:
        """Go on with the sessions of a predecessor that was killed; the names of those that are alive.

        No step may act in them before they are claimed.
        """
        if self._launch is not None:
            return ()
        try:
            async with asyncio.timeout(_RECOVERY_TIME):
                launch = await self._wanted()
                if await self._lodging.find(launch):
                    self._launch = asyncio.create_task(self._started(launch))
                    await self._resume(await asyncio.shield(self._launch))
        except (pw.Error, OSError, TimeoutError, SessionUnavailableError) as error:
            log.warning("sessions.not_recovered", reason=first_line(error))
            await self._give_up("its robot's successor could not go on with it")
        return self.sessions

    async def open(
        self, session_id: str, *, restored: Restored | None = None, run: str = "", lease: int = 0
    ) -> PageSession:
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
            opening = asyncio.create_task(self._open(session_id, restored, run=run, lease=lease))
            self._opening[session_id] = opening
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            await self.close(session_id)
            raise

    async def claim(self, session_id: str, *, lease: int) -> PageSession:
        """Hold a session that is open with a lease from now on: steps that come with any other are refused.

        Raises:
            SessionLostError: it is not here, or died.
            StaleLeaseError: it is held with a later lease.
        """
        session = self.find(session_id)
        session.claim(lease)
        await self.note(session_id)
        return session

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

    def page(
        self,
        session_id: str,
        *,
        timeout: timedelta,
        workspace: Workspace | None = None,
        recall: Recall | None = None,
    ) -> Page:
        """A step's view of a session: what waits in it gives up a little before the step's timeout.

        With what it recalls it knows its elements again when the page has changed.

        Raises:
            SessionLostError: the session is not here, or died.
        """
        return DrivenPage(self.find(session_id), timeout, workspace, recall=recall)

    async def note(self, session_id: str) -> None:
        """Have it written down what a successor would need to know of a session, if anything is new."""
        session, memos = self._sessions.get(session_id), self._lodging.memos
        if session is None or session.lost_because is not None or memos is None:
            return
        try:
            await memos.keep(session.memo())
        except OSError as error:  # a successor had better know nothing than what is not true any more
            log.warning("session.not_noted", session=session_id, error=type(error).__name__)
            with suppress(OSError):
                await memos.forget(session_id)

    async def close(self, session_id: str) -> None:
        """Close a session, its tabs and its cookies; one that is not there is closed already."""
        opening = self._opening.get(session_id)
        if opening is not None:
            await asyncio.wait({opening})
        session = self._sessions.pop(session_id, None)
        if session is None:
            return
        await session.close()
        if (memos := self._lodging.memos) is not None:
            await memos.forget(session_id)
        await self._recycle()

    def _refuse_too_many(self) -> None:
        limit = self._settings.max_sessions
        if len(self.sessions) + len(self._opening) >= limit:
            raise SessionUnavailableError(
                f"all {limit} browser sessions of this robot are taken; wait for one to end or raise max_sessions"
            )
        if self.heavy and (self._sessions or self._opening):
            raise SessionUnavailableError(
                f"this robot's browser needs {self._weight // 2**20} MiB, more than it may have; it is started anew "
                "as soon as none of its sessions is open"
            )

    async def _open(self, session_id: str, restored: Restored | None, *, run: str, lease: int) -> PageSession:
        try:
            async with asyncio.timeout(_OPEN_TIME):
                session = await self._begun(session_id, restored)
        except pw.Error as error:
            raise BrowserFailedError(f"the browser could not open a session: {first_line(error)}") from error
        except TimeoutError:
            if not self.sessions:
                await self._give_up("the browser does not answer")
            raise BrowserFailedError(f"the browser did not open a session within {_OPEN_TIME:g} s") from None
        finally:
            del self._opening[session_id]
        session.run = run
        session.claim(lease)
        self._opened += 1
        self._sessions[session_id] = session
        await self._watch_over(session)
        return session

    async def _begun(self, session_id: str, restored: Restored | None) -> PageSession:
        """A session in the browser that runs, or in the next one if it turns out to be just going away."""
        try:
            return await self._begin(session_id, restored)
        except pw.Error as error:
            if not is_gone(error):
                raise
        await asyncio.sleep(_GOING_AWAY)
        return await self._begin(session_id, restored)

    async def _begin(self, session_id: str, restored: Restored | None) -> PageSession:
        browser = await self._running()
        devices = self._playwright.devices if self._playwright else {}
        return await PageSession.open(session_id, browser, devices, restored=restored, traces=self._lodging.traces)

    async def _resume(self, browser: pw.Browser) -> None:
        memos = self._lodging.memos
        if memos is not None and self._playwright is not None:
            for session in await resumed(browser, memos, self._playwright.devices, traces=self._lodging.traces):
                self._sessions[session.id] = session
                await self._watch_over(session)

    async def _watch_over(self, session: PageSession) -> None:
        if self._lodging.memos is not None:
            session.observe(partial(self._note_later, session.id))
            await self.note(session.id)

    def _note_later(self, session_id: str) -> None:
        noting = asyncio.create_task(self.note(session_id))
        self._noting.add(noting)
        noting.add_done_callback(self._noting.discard)

    async def _running(self) -> pw.Browser:
        """The browser, launched if need be; whoever stops waiting for it does not stop the launch."""
        launch = self._launch
        if launch is None or (launch.done() and not _is_running(launch)):
            launch = self._launch = asyncio.create_task(self._relaunch())
        return await asyncio.shield(launch)

    async def _relaunch(self) -> pw.Browser:
        await self._stop()
        try:
            async with asyncio.timeout(_START_TIME):
                return await self._started(await self._wanted())
        except (pw.Error, OSError, TimeoutError) as error:
            reason = "it ended at once" if isinstance(error, pw.Error) and is_gone(error) else first_line(error)
            raise BrowserFailedError(f"the browser does not start: {reason}") from error

    async def _wanted(self) -> Launch:
        settings = self._settings
        found = await find_browser(settings.executable, headed=settings.headed, engine=settings.engine)
        if isinstance(found, MissingBrowser):
            raise BrowserFailedError(f"no browser can be started: {found.reason}; {found.remedy}")
        return Launch(
            engine=settings.engine,
            executable=found.executable,
            headed=settings.headed,
            slow_motion=settings.slow_motion.total_seconds(),
        )

    async def _started(self, launch: Launch) -> pw.Browser:
        preparing = asyncio.ensure_future(self._lodging.prepare(launch))  # it takes as long as the driver
        try:
            playwright = self._playwright = await pw.async_playwright().start()
        finally:
            await asyncio.wait({preparing})
        preparing.result()
        browser = await self._lodging.begin(playwright, launch)
        browser.on("disconnected", lambda browser: self._lose_all(browser, "the browser process ended"))
        when_driver_ends(playwright, partial(self._lose_driver, playwright, browser))
        self._opened = self._weighed = self._weight = 0
        if self._rounds is None:
            self._rounds = asyncio.create_task(self._make_rounds())
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

    async def _make_rounds(self) -> None:
        """Look after a browser that is in use: whether it answers, and what it needs."""
        patience = self._settings.patience.total_seconds()
        while True:
            await asyncio.sleep(patience / 3)
            alive = [session for session in self._sessions.values() if session.lost_because is None]
            if alive and not await answers(alive[-1].context, within=patience) and alive[-1].lost_because is None:
                log.error("browser.hung", sessions=[session.id for session in alive])
                await self._give_up("the browser does not answer")
            elif alive or self._weighed != self._opened:
                self._weighed, self._weight = self._opened, await self._lodging.weight()
                await self._recycle()

    @property
    def heavy(self) -> bool:
        """Whether the browser needs more memory than it may have."""
        limit = self._lodging.memory
        return limit is not None and self._weight > limit

    async def _recycle(self) -> None:
        """End a browser that nobody uses, if it has grown or had many sessions; the next session has another."""
        limit = self._lodging.recycle
        spent = self.heavy or (limit is not None and self._opened >= limit)
        if spent and self._launch is not None and not self._sessions and not self._opening:
            log.info("browser.recycled", sessions=self._opened, weight=self._weight)
            self._launch, self._opened, self._weight = None, 0, 0
            await self._stop()

    async def _give_up(self, reason: str) -> None:
        """End a browser that does not listen, by force."""
        self._launch = None
        for session in self._sessions.values():
            session.lose(reason)
        await self._stop(force=True)

    async def _stop(self, *, force: bool = False) -> None:
        """End the browser and its driver; sessions end with them. Whoever starts another one waits until it is over."""
        async with self._ending:
            if force:
                await self._lodging.end(force=True)
            playwright, self._playwright = self._playwright, None
            if playwright is not None:
                await settle(playwright.stop())
            await self._lodging.end()


def _is_running(launch: asyncio.Task[pw.Browser]) -> bool:
    return not launch.cancelled() and launch.exception() is None and launch.result().is_connected()
