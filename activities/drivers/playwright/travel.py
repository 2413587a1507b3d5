"""Going from page to page and from tab to tab."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from urllib.parse import urljoin

import playwright.async_api as pw

from activities.drivers.playwright import explain
from activities.drivers.playwright.patience import first_line, is_gone
from activities.drivers.playwright.tabs import FIRST
from activities.drivers.playwright.view import View
from activities.sessions.browser import Tab, Visit
from workflows.errors import InvalidParamsError, PageError

_SERVER_FAILED = 500
_BLANK = "about:blank"
_MOMENT = "JSON.stringify([location.href, performance.timeOrigin, history.state])"
"""Tells two entries of a tab's history apart."""


class Traveller(View):
    """Goes where a step says."""

    async def open(self, url: str, viewport: tuple[int, int] | None) -> Visit:
        """Close all other tabs and go to an address."""
        async with self._reach.acting():
            context = self._reach.session.context
            tab = context.pages[0] if context.pages else await self._new_tab()
            for other in context.pages[1:]:
                await self._reach.alive(other.close())
            self._reach.session.tabs.name(tab, FIRST)
            if viewport is not None:
                await self._reach.alive(tab.set_viewport_size({"width": viewport[0], "height": viewport[1]}))
            return await self._visit(tab, url)

    async def open_tab(self, name: str, url: str) -> Visit:
        """Go to an address in another tab, which comes to the front."""
        async with self._reach.acting():
            tabs = self._reach.session.tabs
            whole = urljoin(self._reach.session.address(front) if (front := tabs.front) else _BLANK, url)
            tab = tabs.find(name) or await self._new_tab()
            tabs.name(tab, name)
            await self._bring(tab)
            return await self._visit(tab, whole)

    async def goto(self, url: str) -> Visit:
        """Go to an address, which may be relative to the page."""
        async with self._reach.acting():
            return await self._visit(self._reach.tab, urljoin(self._reach.session.address(self._reach.tab), url))

    async def back(self) -> Visit:
        """Go to the page before."""
        async with self._reach.acting():
            return await self._move(self._reach.tab.go_back, "there is no page to go back to")

    async def forward(self) -> Visit:
        """Go to the page that `back` left."""
        async with self._reach.acting():
            return await self._move(self._reach.tab.go_forward, "there is no page to go forward to")

    async def reload(self, *, resend: bool) -> Visit:
        """Load the page again; one that sending a form led to is refused unless the form may be sent again."""
        async with self._reach.acting():
            await self._reach.loaded()
            tab = self._reach.tab
            if not resend and not self._reach.session.loaded_by_get(tab):
                raise InvalidParamsError(
                    f"{explain.place(tab)} is the answer to a form: to load it again would send the form again; "
                    "go to an address instead, or say resend: true"
                )
            return await self._arrived(tab, tab.url, tab.reload)

    async def close(self) -> str:
        """Close the tab; the address of the one that is in front then."""
        async with self._reach.watched():
            session = self._reach.session
            await self._reach.alive(self._reach.tab.close())
            front = session.front or await self._new_tab()
            await self._bring(front)
            return front.url

    async def show(self) -> Visit:
        """Bring the tab to the front."""
        async with self._reach.watched():
            tab = self._reach.tab
            await self._bring(tab)
            return Visit(tab.url, await self._reach.alive(tab.title()), None)

    async def tabs(self) -> Sequence[Tab]:
        """List the tabs, the one in front last."""
        async with self._reach.watched():
            open_ones = [*self._reach.session.tabs]
            front = self._reach.session.front
            return [Tab(name, tab.url, await self._title(tab), tab is front) for name, tab in open_ones]

    async def _new_tab(self) -> pw.Page:
        return await self._reach.alive(self._reach.session.context.new_page())

    async def _bring(self, tab: pw.Page) -> None:
        self._reach.session.tabs.show(tab)
        await self._reach.alive(tab.bring_to_front())

    async def _title(self, tab: pw.Page) -> str:
        with suppress(pw.Error):
            return await self._reach.alive(tab.title())
        return ""

    async def _move(self, go: Callable[..., Awaitable[pw.Response | None]], nowhere: str) -> Visit:
        """Go through the tab's history; what loads slowly after that is for the next steps to wait for.

        An attempt that fails has not moved, so that another one does not go two pages.
        """
        tab = self._reach.tab
        before = await self._reach.alive(tab.evaluate(_MOMENT))
        response = await self._arrived(tab, tab.url, go, until="commit")
        await self._reach.loaded()
        if response.status is None and await self._reach.alive(tab.evaluate(_MOMENT)) == before:
            raise PageError(f"{nowhere} from {explain.place(tab)}")
        return response

    async def _visit(self, tab: pw.Page, url: str) -> Visit:
        return await self._arrived(tab, url, partial(tab.goto, url))

    async def _arrived(
        self, tab: pw.Page, url: str, go: Callable[..., Awaitable[pw.Response | None]], *, until: str = "load"
    ) -> Visit:
        """Go, and tell where it led or why it did not."""
        shown = explain.shown_address(url)
        try:
            response = await self._reach.alive(go(timeout=self._reach.deadline.left_ms, wait_until=until))
        except pw.TimeoutError:
            raise PageError(
                f"{shown} did not load in time; check the address or give the step a longer timeout"
            ) from None
        except pw.Error as error:
            if is_gone(error):
                raise
            raise PageError(f"{shown} cannot be opened: {explain.network_failure(first_line(error))}") from None
        if response is not None and response.status >= _SERVER_FAILED and until == "load":
            raise PageError(
                f"{shown} answered {response.status} {response.status_text}".rstrip(), status=response.status
            )
        return Visit(tab.url, await self._reach.alive(tab.title()), response.status if response else None)
