"""One run's browser session: its own cookies, its own tabs."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import playwright.async_api as pw
from pydantic import BaseModel, ConfigDict, Field

from activities.drivers.playwright.explain import shortened
from activities.drivers.playwright.patience import settle
from activities.drivers.playwright.watch import Watch
from activities.sessions.browser import Dialog

_RESTORE_TIME = 30_000.0
"""Milliseconds a page may take to load again."""

_MOST_DIALOGS = 20
_LONGEST_MESSAGE = 2000


class SessionOptions(BaseModel):
    """How the browser presents itself to the pages of a run."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    width: int = Field(default=1280, ge=200, le=7680)
    """Of the page, in pixels."""
    height: int = Field(default=800, ge=200, le=4320)
    """Of the page, in pixels."""
    locale: str | None = None
    """The language and the number and date formats of pages, e.g. `de-DE`."""
    timezone: str | None = None
    """An IANA time zone, e.g. `Europe/Berlin`."""


@dataclass(frozen=True, slots=True)
class Restored:
    """Where a session begins that was had before on another robot."""

    url: str
    storage: pw.StorageState | None
    """Cookies, local storage and databases of pages."""


@dataclass(eq=False, slots=True)
class Loaded:
    """One document that a tab has loaded."""

    method: str
    """The HTTP method that fetched it; only what GET fetched can be had again by its address."""


class PageSession:
    """An isolated browser context; the tab opened last is in front."""

    def __init__(
        self, session_id: str, browser: pw.Browser, context: pw.BrowserContext, traces: Path | None = None
    ) -> None:
        self.id = session_id
        self.browser = browser
        self.context = context
        self.dialogs: deque[str] = deque(maxlen=_MOST_DIALOGS)
        """The messages of dialogs, for whoever clears the list before acting."""
        self.answer: Dialog = "dismiss"
        """What to do about the next question."""
        self._documents: dict[pw.Page, Loaded] = {}
        self._methods: dict[pw.Page, str] = {}
        self._told: Loaded | None = None
        self.downloads: asyncio.Queue[pw.Download] = asyncio.Queue()
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.watch = Watch(context, traces)
        context.on("page", self._watch)
        context.on("dialog", self._meet_dialog)

    @classmethod
    async def open(
        cls,
        session_id: str,
        browser: pw.Browser,
        options: SessionOptions,
        *,
        restored: Restored | None = None,
        traces: Path | None = None,
    ) -> Self:
        """Make a context with one tab, empty or at the restored place."""
        context = await browser.new_context(
            storage_state=restored.storage if restored else None,
            viewport={"width": options.width, "height": options.height},
            locale=options.locale,
            timezone_id=options.timezone,
            reduced_motion="reduce",
        )
        session = cls(session_id, browser, context, traces)
        page = await context.new_page()
        if restored is not None:
            try:
                await page.goto(restored.url, timeout=_RESTORE_TIME)
            except BaseException:
                await settle(context.close())
                raise
        return session

    @property
    def front(self) -> pw.Page | None:
        """The tab in front; None when a page closed the last one."""
        pages = self.context.pages
        return pages[-1] if pages else None

    @property
    def lost_because(self) -> str | None:
        """Why the session is dead; None while it lives."""
        return self._lost.result() if self._lost.done() else None

    @property
    def loss(self) -> asyncio.Future[str]:
        """Done when the session is dead."""
        return self._lost

    async def lost(self) -> str:
        """Wait until the session is dead, and say why."""
        return await asyncio.shield(self._lost)

    def lose(self, reason: str) -> None:
        """Declare the session dead."""
        if not self._lost.done():
            self._lost.set_result(reason)

    def document(self) -> Literal["same", "fresh", "beyond"]:
        """What has become of the document since this was asked last.

        `fresh`: another one was loaded that can be had again by its address; `beyond`: one that cannot, or there
        are several tabs.
        """
        pages = self.context.pages
        if len(pages) != 1:
            return "beyond"
        loaded = self._documents.get(pages[0])
        if loaded is self._told:
            return "same"
        self._told = loaded
        return "fresh" if loaded is not None and loaded.method == "GET" else "beyond"

    async def close(self) -> None:
        """End the session; what still waits in it fails at once."""
        self.lose("it was closed")
        await self.watch.close()
        await settle(self.context.close())

    def _watch(self, page: pw.Page) -> None:
        page.on("crash", lambda _: self.lose("a page crashed"))
        page.on("download", self.downloads.put_nowait)
        page.on("request", lambda request: self._note_request(page, request))
        page.on("domcontentloaded", self._note_document)
        page.on("close", self._forget)

    def _note_request(self, page: pw.Page, request: pw.Request) -> None:
        with suppress(pw.Error):  # the frame of the request went away, or is not there yet
            if request.is_navigation_request() and request.frame == page.main_frame:
                self._methods[page] = request.method

    def _note_document(self, page: pw.Page) -> None:
        self._documents[page] = Loaded(self._methods.pop(page, "GET"))

    def _forget(self, page: pw.Page) -> None:
        self._documents.pop(page, None)
        self._methods.pop(page, None)

    async def _meet_dialog(self, dialog: pw.Dialog) -> None:
        accepted = self.answer == "accept" or dialog.type in ("alert", "beforeunload")
        if dialog.type != "beforeunload":
            self.dialogs.append(shortened(dialog.message, _LONGEST_MESSAGE))
        with suppress(pw.Error):  # the page went away with its dialog
            await (dialog.accept() if accepted else dialog.dismiss())
