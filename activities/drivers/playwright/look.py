"""Looking at what a page shows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import playwright.async_api as pw

from activities.drivers.playwright import explain, script
from activities.drivers.playwright.cover import covered
from activities.drivers.playwright.locate import locate
from activities.drivers.playwright.patience import first_line, is_gone
from activities.drivers.playwright.reach import PAUSE
from activities.drivers.playwright.spot import LOOK_AGAIN
from activities.drivers.playwright.view import View
from activities.sessions.browser import Print, TableText
from activities.sessions.spot import Spot
from activities.sessions.target import Target
from workflows.errors import ElementNotReadyError, PageError


class Looker(View):
    """Reads a page, and changes nothing."""

    async def read(self, target: Target, attribute: str | None) -> str | None:
        """Read what an element shows, or an attribute of it."""
        async with self._reach.watched():
            while True:
                found = await self._reach.seen(target, script.READ, attribute)
                if found["shown"] or attribute is not None:
                    text: str | None = found["text"]
                    return text
                if self._reach.deadline.passed:
                    where = explain.place(self._reach.tab)
                    raise ElementNotReadyError(f"{target} on {where} cannot be read: it is hidden")
                await asyncio.sleep(PAUSE)

    async def read_all(self, target: Target, attribute: str | None) -> Sequence[str | None]:
        """Read every element that matches, as they are now."""
        async with self._reach.watched():
            await self._reach.loaded()
            texts: list[str | None] = await self._reach.alive(
                locate(self._reach.tab, target).evaluate_all(script.READ_ALL, attribute)
            )
            return texts

    async def table(self, target: Target) -> TableText:
        """Read a table."""
        async with self._reach.watched():
            cells = await self._reach.seen(target, script.TABLE)
            if cells is None:
                raise PageError(
                    f"{target} on {explain.place(self._reach.tab)} is not a table and does not hold exactly one"
                )
            return TableText(tuple(cells["header"]), tuple(tuple(row) for row in cells["rows"]))

    async def exists(self, target: Target, *, within: timedelta) -> bool:
        """Wait until an element that matches is visible, and say whether that came about."""
        async with self._reach.watched():
            await self._reach.loaded()
            deadline = self._reach.deadline.sooner(within)
            while True:
                if await self._reach.count(target, visible=True):
                    return True
                if deadline.passed:
                    return False
                await asyncio.sleep(PAUSE)

    async def sees(self, target: Target, spot: Spot, *, within: timedelta | None = None, gone: bool = False) -> bool:
        """Wait until an element shows a spot, or until it is gone, and say whether that came about."""
        async with self._reach.watched():
            await self._reach.loaded()
            deadline = self._reach.deadline.sooner(within)
            while True:
                if await self._shows(target, spot) is not gone:
                    return True
                if deadline.passed:
                    return False
                await asyncio.sleep(LOOK_AGAIN)

    async def _shows(self, target: Target, spot: Spot) -> bool:
        """Whether the one visible element of a target shows a spot now."""
        element = locate(self._reach.tab, target).filter(visible=True)
        count = await self._reach.count(target, visible=True)
        if count > 1:
            raise await explain.ambiguous(self._reach.tab, target, element, self._reach.deadline.explaining)
        if not count:
            return False
        try:
            return await self._eye.sees(target, element, spot)
        except ElementNotReadyError:  # it has just gone
            return False

    async def screenshot(self, target: Target | None, *, full_page: bool) -> bytes:
        """Take a picture (PNG) with everything covered that must not be seen."""
        async with self._reach.watched():
            hidden = await self._reach.alive(covered(self._reach.tab))
            if target is None:
                time = self._reach.deadline.left_ms
                return await self._reach.alive(
                    self._reach.tab.screenshot(full_page=full_page, mask=hidden, timeout=time)
                )
            element = await self._reach.present(target)
            return await self._reach.using(
                target, lambda time: element.screenshot(mask=hidden, timeout=time), wanted="pictured"
            )

    async def pdf(self, how: Print) -> bytes:
        """Print the page into a file."""
        async with self._reach.watched():
            tab = self._reach.tab
            edge = how.margin
            try:
                return await self._reach.alive(
                    tab.pdf(
                        format=how.paper,
                        landscape=how.landscape,
                        print_background=how.background,
                        scale=how.scale,
                        page_ranges=how.pages or "",
                        margin={"top": edge, "right": edge, "bottom": edge, "left": edge},
                    )
                )
            except pw.Error as error:
                if is_gone(error):
                    raise
                raise PageError(f"{explain.place(tab)} cannot be printed: {first_line(error)}") from None
