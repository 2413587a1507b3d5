"""Writing down what a person does in a browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any, Literal
from uuid import uuid4

import playwright.async_api as pw

from activities.drivers.playwright import explain
from activities.drivers.playwright.host import BrowserHost
from activities.drivers.playwright.locate import locate
from activities.drivers.playwright.patience import first_line
from activities.drivers.playwright.recording.listen import Heard, listen
from activities.drivers.playwright.recording.note import Deed
from activities.drivers.playwright.recording.remember import seen
from activities.drivers.playwright.recording.suggest import suggest
from activities.drivers.playwright.recording.travel import Travels
from activities.drivers.playwright.session import PageSession
from activities.sessions.profile import DialogOrder
from activities.sessions.target import Target
from workflows.errors import PageError

_ACT_TIME = 10_000.0
_MOUSE_TIME = 500.0
_SCRIPT_TIME = 3.0
_NOWHERE = (-1.0, -1.0)
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
        self._new: set[pw.Page] = set()
        """Tabs that nothing opened that was written down."""
        self._travels = Travels()
        self._trips: dict[pw.Page, asyncio.Task[bool]] = {}
        self._scripted = -_SCRIPT_TIME
        """When a page's own script went back or forward last."""
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
        await self._arrived(page)
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
        if told.facts["kind"] == "travel":
            self._scripted = _now()
            return
        element = await told.element()
        target = await _best(told.frame, element)
        if element is None or target is None:
            return
        facts = told.facts
        deed = Deed(
            facts["kind"],
            target,
            page=self._named(told.page),
            value=facts.get("value", facts.get("key")),
            secret=facts.get("secret", False),
            checked=facts.get("checked", True),
            labels=tuple(facts.get("labels", facts.get("names", ()))),
            button=facts.get("button", "left"),
            count=facts.get("count", 1),
            seen=await seen(told.page, target, element),
        )
        if deed.kind == "drag":
            onto = await told.element("to")
            to = await _best(told.frame, onto)
            if onto is None or to is None:
                return
            deed = replace(deed, to=to, seen=(*deed.seen, *await seen(told.page, to, onto)))
        if deed.kind == "click":
            await self._hover(told, element, deed.page)
        if deed.kind in {"click", "press", "drag"}:
            deed = await self._do(told, target, deed)
        self._note(deed)

    async def _hover(self, told: Heard, element: pw.ElementHandle, page: str | None) -> None:
        """Write down that the mouse has to be somewhere for an element to be there, if that is so."""
        over = await told.element("over") if told.facts.get("over") else None
        if over is None:
            return
        await told.page.mouse.move(*_NOWHERE)
        if not await _becomes(element, "hidden"):
            return
        target = await _best(told.frame, over)
        if target is not None:
            await over.hover(timeout=_ACT_TIME)
            if await _becomes(element, "visible"):
                self._note(Deed("hover", target, page=page, seen=await seen(told.page, target, over)))

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
                    await element.click(button=deed.button, click_count=deed.count, timeout=_ACT_TIME)
                elif deed.to is not None:
                    await element.drag_to(locate(told.page, deed.to), timeout=_ACT_TIME)
                else:
                    await element.press(deed.value or "Enter", timeout=_ACT_TIME)
            await asyncio.sleep(_SETTLE_TIME)
            await self._arrived(told.page)
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
        elif len(self._names) > 1:
            self._new.add(page)
        page.on("framenavigated", self._went)
        page.on("domcontentloaded", self._came)
        page.on("close", self._closed)

    def _went(self, frame: pw.Frame) -> None:
        if frame.parent_frame is None:
            self._trips[frame.page] = asyncio.create_task(self._travelled(frame.page, acting=self._acting))

    async def _arrived(self, page: pw.Page) -> None:
        """Know where a tab is in its history before anything else is done in it."""
        if page in self._trips:
            await self._trips[page]

    async def _travelled(self, page: pw.Page, *, acting: bool) -> bool:
        """Whether a person went back or forward; it is written down then."""
        move = await self._travels.moved(page)
        if move is None or acting or _now() - self._scripted < _SCRIPT_TIME:
            return move is not None
        self.deeds.append(Deed(move, page=self._named(page)))
        return True

    async def _came(self, page: pw.Page) -> None:
        """A page has come: if nothing that was done led to it, it was loaded again, or its address was typed."""
        acting, reloaded = self._acting, await self._travels.reloaded(page)
        if acting or page.url == "about:blank" or (page in self._trips and await self._trips[page]):
            return
        with suppress(pw.Error):
            if page in self._new:
                self._new.discard(page)
                await self._open_tab(page)
            elif reloaded:
                self.deeds.append(Deed("reload", page=self._named(page)))
            elif await page.evaluate("() => !document.referrer && window === window.top"):
                self.deeds.append(Deed("goto", page=self._named(page), value=page.url))

    async def _open_tab(self, page: pw.Page) -> None:
        """Write down a tab that a person opened, or that a click opened late."""
        last = self.deeds[-1]
        if await page.opener() is None:
            self.deeds.append(Deed("open_tab", page=self._names[page], value=page.url))
        elif last.kind == "click" and last.opens is None:
            self.deeds[-1] = replace(last, opens=self._names[page])

    def _named(self, page: pw.Page) -> str | None:
        """What to call a tab; nothing if it is in front."""
        return self._names[page] if page is not self._session.front else None

    def _closed(self, page: pw.Page) -> None:
        others = [tab for tab in self._session.context.pages if tab is not page]
        if not others and not self.left.done():
            self.left.set_result(None)
        if others and not self._acting:
            self.deeds.append(Deed("close", page=self._names[page]))


async def _best(frame: pw.Frame, element: pw.ElementHandle | None) -> Target | None:
    """The target of an element that lasts longest; None when it is gone."""
    suggestions = await suggest(frame, element) if element is not None else []
    return suggestions[0].target if suggestions else None


async def _becomes(element: pw.ElementHandle, state: Literal["hidden", "visible"]) -> bool:
    """Whether an element appears or disappears, now that the mouse has moved."""
    with suppress(pw.TimeoutError):
        await element.wait_for_element_state(state, timeout=_MOUSE_TIME)
        return True
    return False


def _now() -> float:
    return asyncio.get_running_loop().time()
