"""Writing down what a person does in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

import playwright.async_api as pw

from activities.drivers.playwright import explain
from activities.drivers.playwright.host import BrowserHost
from activities.drivers.playwright.locate import locate
from activities.drivers.playwright.patience import first_line
from activities.drivers.playwright.recording.listen import Heard, listen
from activities.drivers.playwright.recording.note import Deed
from activities.drivers.playwright.recording.suggest import suggest
from activities.drivers.playwright.session import PageSession
from activities.sessions.profile import DialogOrder
from activities.sessions.target import Target
from workflows.errors import PageError

_ACT_TIME = 10_000.0
_SETTLE_TIME = 0.3
"""Seconds after an action in which tabs that open and questions that come up are its work."""


async def record(host: BrowserHost, url: str, stop: asyncio.Event) -> list[Deed]:
    """Open a page and write down what a person does, until they close the window or `stop` is set.

    Raises:
        PageError: the page cannot be opened.
    """
    session = await host.open(uuid4().hex)
    recorder = Recorder(session)
    try:
        async with recorder.recording(url):
            stopping = asyncio.create_task(stop.wait())
            ends: set[asyncio.Future[Any]] = {stopping, session.loss, recorder.left}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
    except pw.Error as error:
        raise PageError(f"{explain.shown_address(url)} cannot be used: {first_line(error)}") from None
    finally:
        await host.close(session.id)
    return recorder.deeds


class Recorder:
    """Keeps what a person does in a session, and does for them what it held back to look at the page first."""

    def __init__(self, session: PageSession) -> None:
        self.deeds: list[Deed] = []
        self._session = session
        self._acting = False
        self._names: dict[pw.Page, str] = {}
        self._opened: list[pw.Page] = []
        self.left: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the last tab was closed."""

    @asynccontextmanager
    async def recording(self, url: str) -> AsyncIterator[None]:
        """Open a page and record for as long as the block lasts; what was heard by its end is still written down."""
        session = self._session
        session.setup = session.setup.ordered(DialogOrder(accept=True))
        heard = await listen(session.context, "record")
        session.context.on("page", self._watch)
        page = session.context.pages[0]
        self._watch(page)
        self._acting = True
        await page.goto(url)
        self._acting = False
        self.deeds.append(Deed("open", value=url))
        writing = asyncio.create_task(self._write(heard))
        try:
            yield
        finally:
            await heard.join()
            writing.cancel()
            await asyncio.wait({writing})

    async def _write(self, heard: asyncio.Queue[Heard]) -> None:
        while True:
            told = await heard.get()
            try:
                await self._take(told)
            except pw.Error:
                continue  # its page is gone, and with it what was meant
            finally:
                heard.task_done()

    async def _take(self, told: Heard) -> None:
        element = await told.element()
        suggestions = await suggest(told.frame, element) if element is not None else []
        if not suggestions:
            return
        target = suggestions[0].target
        facts = told.facts
        deed = Deed(
            facts["kind"],
            target,
            page=self._names[told.page] if told.page is not self._session.front else None,
            value=facts.get("value", facts.get("key")),
            secret=facts.get("secret", False),
            checked=facts.get("checked", True),
            labels=tuple(facts.get("labels", facts.get("names", ()))),
            button=facts.get("button", "left"),
        )
        if deed.kind in {"click", "press"}:
            deed = await self._do(told, target, deed)
        self._note(deed)

    def _note(self, deed: Deed) -> None:
        """Write it down; a field that is filled again is filled once."""
        last = self.deeds[-1]
        if deed.kind == "fill" == last.kind and (deed.target, deed.page) == (last.target, last.page):
            self.deeds[-1] = deed
        else:
            self.deeds.append(deed)

    async def _do(self, told: Heard, target: Target, deed: Deed) -> Deed:
        """Do what was held back, and see what comes of it."""
        element = locate(told.page, target)
        self._opened.clear()
        self._session.dialogs.clear()
        self._acting = True
        try:
            await told.frame.evaluate("() => { window.__aether_state.paused = true }")
            with suppress(pw.Error):  # the page may have gone away with the click
                if deed.kind == "click":
                    await element.click(button=deed.button, timeout=_ACT_TIME)
                else:
                    await element.press(deed.value or "Enter", timeout=_ACT_TIME)
            await asyncio.sleep(_SETTLE_TIME)
            with suppress(pw.Error):
                await told.frame.evaluate("() => { window.__aether_state.paused = false }")
        finally:
            self._acting = False
        opened = next((self._names[tab] for tab in self._opened), None)
        return replace(deed, opens=opened, dialog=bool(self._session.dialogs))

    def _watch(self, page: pw.Page) -> None:
        self._names |= {tab: name for name, tab in self._session.tabs}
        if self._acting:
            self._opened.append(page)
        page.on("domcontentloaded", self._came)
        page.on("close", self._closed)

    async def _came(self, page: pw.Page) -> None:
        """A page has come: if nothing that was done led to it, its address was typed."""
        if self._acting or page.url == "about:blank":
            return
        with suppress(pw.Error):
            if await page.evaluate("() => !document.referrer && window === window.top"):
                self.deeds.append(Deed("goto", value=page.url))

    def _closed(self, page: pw.Page) -> None:
        others = [tab for tab in self._session.context.pages if tab is not page]
        if not others and not self.left.done():
            self.left.set_result(None)
        if others and not self._acting:
            self.deeds.append(Deed("close", page=self._names[page]))
