"""One run's browser session: its own cookies, its own tabs."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Self

import playwright.async_api as pw
from pydantic import BaseModel, ConfigDict, Field

from activities.drivers.playwright.patience import settle
from activities.sessions.browser import Dialog


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


class PageSession:
    """An isolated browser context; the tab opened last is in front."""

    def __init__(self, session_id: str, browser: pw.Browser, context: pw.BrowserContext) -> None:
        self.id = session_id
        self.browser = browser
        self.context = context
        self.dialogs: list[str] = []
        """The messages of dialogs, for whoever clears the list before acting."""
        self.answer: Dialog = "dismiss"
        """What to do about the next question."""
        self.downloads: asyncio.Queue[pw.Download] = asyncio.Queue()
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        context.on("page", self._watch)
        context.on("dialog", self._meet_dialog)

    @classmethod
    async def open(cls, session_id: str, browser: pw.Browser, options: SessionOptions) -> Self:
        """Make a context with one empty tab."""
        context = await browser.new_context(
            viewport={"width": options.width, "height": options.height},
            locale=options.locale,
            timezone_id=options.timezone,
            reduced_motion="reduce",
        )
        session = cls(session_id, browser, context)
        await context.new_page()
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

    async def close(self) -> None:
        """End the session; what still waits in it fails at once."""
        self.lose("it was closed")
        await settle(self.context.close())

    def _watch(self, page: pw.Page) -> None:
        page.on("crash", lambda _: self.lose("a page crashed"))
        page.on("download", self.downloads.put_nowait)

    async def _meet_dialog(self, dialog: pw.Dialog) -> None:
        accepted = self.answer == "accept" or dialog.type in ("alert", "beforeunload")
        if dialog.type != "beforeunload":
            self.dialogs.append(dialog.message)
        with suppress(pw.Error):  # the page went away with its dialog
            await (dialog.accept() if accepted else dialog.dismiss())
