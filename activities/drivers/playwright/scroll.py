"""Scrolling."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import playwright.async_api as pw

from activities.drivers.playwright import script
from activities.drivers.playwright.patience import is_passing
from activities.drivers.playwright.reach import PAUSE
from activities.drivers.playwright.view import View
from activities.sessions.browser import Edge, Point, Scrolled
from activities.sessions.target import Target


class Scroller(View):
    """Moves what a tab shows."""

    async def scroll(self, target: Target | None, *, to: Edge | None, by: Point | None) -> None:
        """Bring an element into view, or scroll the page or the element to an edge or by so many pixels."""
        async with self._reach.acting():
            element = await self._reach.present(target) if target else None
            if to is None and by is None:
                if element is not None and target is not None:
                    await self._reach.using(
                        target,
                        lambda time: element.scroll_into_view_if_needed(timeout=time),
                        wanted="brought into view",
                    )
                return
            x, y = (by.x, by.y) if by else (0, 0)
            await self._run(element, script.SCROLL, [to, x, y])

    async def scroll_until(
        self, target: Target | None, *, count: int | None, within: Target | None, patience: timedelta
    ) -> Scrolled:
        """Scroll down until so many elements are there, or until nothing more comes for a while."""
        async with self._reach.acting():
            await self._reach.loaded()
            box = await self._reach.present(within) if within else None
            wanted = count if count is not None else (1 if target else None)
            state: tuple[int, int] | None = None
            quiet = self._reach.deadline.sooner(patience)
            while True:
                found = await self._reach.count(target, visible=True) if target else 0
                if wanted is not None and found >= wanted:
                    if target is not None and count is None:
                        await self._reach.alive((await self._reach.present(target)).scroll_into_view_if_needed())
                    return Scrolled(found, end=False)
                now = found, await self._bottom(box)
                if now != state:
                    state, quiet = now, self._reach.deadline.sooner(patience)
                elif quiet.passed:
                    return Scrolled(found, end=True)
                await asyncio.sleep(PAUSE)

    async def _bottom(self, box: pw.Locator | None) -> int:
        """Scroll to the end there is now, and say where that is."""
        bottom = await self._run(box, script.SCROLL_DOWN, None)
        return bottom if isinstance(bottom, int) else 0

    async def _run(self, element: pw.Locator | None, function: str, argument: object) -> object:
        try:
            if element is None:
                return await self._reach.alive(
                    self._reach.tab.evaluate(f"argument => ({function})(null, argument)", argument)
                )
            return await self._reach.alive(element.evaluate(function, argument, timeout=self._reach.deadline.left_ms))
        except pw.Error as error:
            if not is_passing(error):
                raise
            return None
