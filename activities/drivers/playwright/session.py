"""One run's browser session: its own cookies, its own tabs."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal, Self

import playwright.async_api as pw

from activities.drivers.playwright.explain import shortened
from activities.drivers.playwright.film import Film
from activities.drivers.playwright.hosting.memo import SessionMemo, TabMemo
from activities.drivers.playwright.patience import name_of, settle
from activities.drivers.playwright.setup import Devices, Setup, context_options, surround
from activities.drivers.playwright.tabs import FIRST, Tabs
from activities.drivers.playwright.traffic import Log, Rules
from activities.drivers.playwright.watch import Watch
from activities.lease import HeldSession
from activities.sessions.browser import Dialog
from activities.sessions.profile import DialogOrder

_RESTORE_TIME = 30_000.0
"""Milliseconds a page may take to load again."""

_LOOK_TIME = 2.0
"""Seconds a page may take to say which document it shows."""

_FAILED = "chrome-error:"
_UNKNOWN = "unknown"
"""The method that fetched a document which was loaded while nobody looked."""
_MOMENT = "performance.timeOrigin"
_MOST_DIALOGS = 20
_LONGEST_MESSAGE = 2000


@dataclass(frozen=True, slots=True)
class Restored:
    """Where a session begins that was had before on another robot."""

    url: str
    storage: pw.StorageState | None
    """Cookies, local storage and databases of pages."""
    setup: Setup


@dataclass(eq=False, slots=True)
class Loaded:
    """One document that a tab has loaded."""

    url: str
    """Its address; that of the document before, if it is but the browser's word that there is none."""
    method: str = "GET"
    """The HTTP method that fetched it; only what GET fetched can be had again by its address."""
    moment: float | None = None
    """When it was loaded, by the page's clock; None while nobody has asked."""


class PageSession(HeldSession):
    """A browser context of its own for one run; it may be begun anew, then it is another context."""

    context: pw.BrowserContext
    watch: Watch

    def __init__(
        self, session_id: str, browser: pw.Browser, devices: Devices, setup: Setup, *, traces: Path | None = None
    ) -> None:
        super().__init__(session_id, "browser")
        self.browser = browser
        self.setup = setup
        self.tabs = Tabs()
        self.log = Log()
        self.rules = Rules()
        self.dialogs: deque[str] = deque(maxlen=_MOST_DIALOGS)
        """The messages of dialogs, for whoever clears the list before acting."""
        self.answer: Dialog | None = None
        """What the step under way wants done about dialogs; None leaves it to the orders given before."""
        self.named: str | None = None
        """The tab that the latest step has named; None if it was about the one in front."""
        self.paging: str | None = None
        """Where a step began to page through a list, while it has not come to an end."""
        self.downloads: asyncio.Queue[pw.Download] = asyncio.Queue()
        self.film: Film | None = None
        """What is being made of it, where a run wants one."""
        self.changed: Callable[[], None] | None = None
        """Told of what happens between steps, where somebody keeps a memo of it."""
        self._devices = devices
        self._traces = traces
        self._documents: dict[pw.Page, Loaded] = {}
        self._methods: dict[pw.Page, str] = {}
        self._told: Loaded | None = None
        self._looking: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(
        cls,
        session_id: str,
        browser: pw.Browser,
        devices: Devices,
        *,
        restored: Restored | None = None,
        traces: Path | None = None,
    ) -> Self:
        """Make a context with one tab, empty or at the restored place."""
        session = cls(session_id, browser, devices, restored.setup if restored else Setup(), traces=traces)
        await session._begin(session.setup, restored.storage if restored else None)
        page = session.front
        if restored is not None and page is not None:
            try:
                await page.goto(restored.url, timeout=_RESTORE_TIME)
            except BaseException:
                await settle(session.context.close())
                raise
        return session

    @classmethod
    async def resume(
        cls,
        memo: SessionMemo,
        context: pw.BrowserContext,
        browser: pw.Browser,
        devices: Devices,
        *,
        traces: Path | None = None,
    ) -> Self:
        """Go on with a session that another process had, in its own context; its run has to claim it first."""
        session = cls(memo.session, browser, devices, memo.setup, traces=traces)
        session.run, session.number, session.paging, session.claimed = memo.run, memo.lease, memo.paging, False
        session.context, session.watch = context, session._listen(context)
        context.on("close", session._lose_context)
        pages = {name_of(page): page for page in context.pages}
        known = [(page, tab) for tab in memo.tabs if (page := pages.pop(tab.page, None)) is not None]
        for page, tab in known:
            session._watch(page)
            session.tabs.name(page, tab.name)
        for page in pages.values():
            session._watch(page)
        for page in context.pages:
            session._methods[page] = _UNKNOWN
        session.watch.resume()
        await asyncio.gather(*(session._recognise(page, tab) for page, tab in known))
        await session.rules.follow(context, memo.setup.rules)
        return session

    def observe(self, changed: Callable[[], None]) -> None:
        """Have somebody told of what happens between steps."""
        self.changed = changed
        for page in self.context.pages:
            self._look_at(page)

    def memo(self) -> SessionMemo:
        """What a successor of this process needs to know to go on with the session."""
        tabs = []
        for name, page in self.tabs:
            document = self._documents.get(page) or Loaded(page.url, _UNKNOWN)
            memo = TabMemo(
                page=name_of(page), name=name, url=document.url, method=document.method, moment=document.moment,
                told=document is self._told,
            )  # fmt: skip
            tabs.append(memo)
        return SessionMemo(
            session=self.id,
            run=self.run,
            lease=self.number,
            context=name_of(self.context),
            setup=self.setup,
            tabs=tuple(tabs),
            paging=self.paging,
        )

    async def begin_anew(self, setup: Setup) -> None:
        """Become another browser to pages: with the same cookies and an empty tab."""
        old, watch = self.context, self.watch
        await self._begin(setup, await old.storage_state(indexed_db=True))
        self.setup = setup
        await watch.close()
        await settle(old.close())
        for page in self.context.pages:
            self.tabs.name(page, FIRST)

    @property
    def front(self) -> pw.Page | None:
        """The tab in front; None when a page closed the last one."""
        return self.tabs.front

    @property
    def used(self) -> pw.Page | None:
        """The tab that the latest step was about."""
        return (self.tabs.find(self.named) if self.named is not None else None) or self.front

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

    def address(self, page: pw.Page) -> str:
        """Where a tab is, or was before it could not load what it should."""
        loaded = self._documents.get(page)
        return loaded.url if loaded is not None and page.url.startswith(_FAILED) else page.url

    def loaded_by_get(self, page: pw.Page) -> bool:
        """Whether the document of a tab can be loaded again without sending anything again."""
        loaded = self._documents.get(page)
        return loaded is None or loaded.method == "GET"

    async def close(self) -> None:
        """End the session; what still waits in it fails at once."""
        self.lose("it was closed")
        self.changed = None
        await self.watch.close()
        await settle(self.context.close())

    async def _begin(self, setup: Setup, storage: pw.StorageState | None) -> None:
        """Have a new context with an empty tab, set up and watched; if that fails, things are as before."""
        options = context_options(setup.configuration, self._devices)
        context = await self.browser.new_context(**options, storage_state=storage)
        try:
            watch = self._listen(context)
            await surround(context, setup)
            await self.rules.follow(context, setup.rules)
            await context.new_page()
        except BaseException:
            await settle(context.close())
            raise
        self.context, self.watch = context, watch
        context.on("close", self._lose_context)

    def _listen(self, context: pw.BrowserContext) -> Watch:
        context.on("page", self._watch)
        context.on("dialog", self._meet_dialog)
        context.on("response", self.log.note)
        return Watch(context, self._traces)

    def _watch(self, page: pw.Page) -> None:
        self.tabs.add(page)
        if self.film is not None:
            self.film.follow(page)
        self._documents[page] = Loaded(page.url)
        page.on("crash", lambda _: self.lose("a page crashed"))
        page.on("download", self.downloads.put_nowait)
        page.on("request", lambda request: self._note_request(page, request))
        page.on("domcontentloaded", self._note_document)
        page.on("close", self._forget)
        self._look_at(page)

    def _lose_context(self, context: pw.BrowserContext) -> None:
        """Take note that the browser went away with a context; pages are gone by then."""
        if context is self.context:
            self.lose("the browser process ended")

    def _note_request(self, page: pw.Page, request: pw.Request) -> None:
        with suppress(pw.Error):  # the frame of the request went away, or is not there yet
            if request.is_navigation_request() and request.frame == page.main_frame:
                self._methods[page] = request.method

    def _note_document(self, page: pw.Page) -> None:
        url = page.url if not page.url.startswith(_FAILED) else self.address(page)
        self._documents[page] = Loaded(url, self._methods.pop(page, "GET"))
        self._look_at(page)

    def _forget(self, page: pw.Page) -> None:
        self.tabs.forget(page)
        self._documents.pop(page, None)
        self._methods.pop(page, None)
        if self.changed is not None:
            self.changed()

    def _look_at(self, page: pw.Page) -> None:
        """Find out later which document it is that a tab has just loaded; only a memo needs to know."""
        if self.changed is not None:
            looking = asyncio.create_task(self._date(page, self._documents[page]))
            self._looking.add(looking)
            looking.add_done_callback(self._looking.discard)

    async def _date(self, page: pw.Page, document: Loaded) -> None:
        document.moment = await self._moment(page)
        if self.changed is not None:
            self.changed()

    async def _recognise(self, page: pw.Page, tab: TabMemo) -> None:
        """Tell whether a tab still shows the document that it showed when the memo was written."""
        moment = await self._moment(page)
        known = moment is not None and moment == tab.moment
        document = Loaded(tab.url if known else page.url, tab.method if known else _UNKNOWN, moment)
        self._documents[page] = document
        if known and tab.told:
            self._told = document

    async def _meet_dialog(self, dialog: pw.Dialog) -> None:
        order = self._order(dialog)
        if dialog.type != "beforeunload":
            self.dialogs.append(shortened(dialog.message, _LONGEST_MESSAGE))
        with suppress(pw.Error):  # the page went away with its dialog
            leaving = dialog.type == "beforeunload" and self.answer != "dismiss"
            if order.accept or leaving or dialog.type == "alert":
                await dialog.accept(order.text or dialog.default_value)
            else:
                await dialog.dismiss()

    def _order(self, dialog: pw.Dialog) -> DialogOrder:
        """What to do about a dialog: what the step says, else the latest order that fits, else no."""
        if self.answer is not None:
            return DialogOrder(accept=self.answer == "accept")
        for order in reversed(self.setup.dialogs):
            if order.message is None or fnmatchcase(dialog.message, order.message):
                return order
        return DialogOrder(accept=False)

    async def _moment(self, page: pw.Page) -> float | None:
        """When the document of a tab was loaded; None if it does not say so soon."""
        try:
            return float(await asyncio.wait_for(page.evaluate(_MOMENT), _LOOK_TIME))
        except TimeoutError:
            return None
        except pw.Error as error:
            if "crashed" in error.message:
                self.lose("a page crashed")
            return None
