"""Whether a page came because a person went back or forward, or had it loaded again."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import playwright.async_api as pw

_KIND = "performance.getEntriesByType('navigation')[0]?.type"
"""How the document came."""
_QUESTIONS, _PAUSE = 20, 0.05
"""How often a tab is asked where it is, and seconds until it is asked again."""


@dataclass(frozen=True, slots=True)
class _Stay:
    """Where a tab is in its history."""

    index: int
    entries: tuple[int, ...]


class Travels:
    """Knows where each tab is in its history; only Chromium tells."""

    def __init__(self) -> None:
        self._stays: dict[pw.Page, _Stay] = {}
        self._asked: dict[pw.Page, pw.CDPSession] = {}
        self._scripted: set[pw.Page] = set()
        """Tabs whose scripts, links or forms have asked for another document, or for the same again."""
        self._lock = asyncio.Lock()

    async def moved(self, page: pw.Page) -> Literal["back", "forward"] | None:
        """Where a tab has gone to in its history since it was asked last."""
        for _ in range(_QUESTIONS):
            with suppress(pw.Error):  # while a document takes another's place, Chromium knows neither
                async with self._lock:
                    return await self._move(page)
            if page.is_closed():
                break
            await asyncio.sleep(_PAUSE)
        return None

    async def reloaded(self, page: pw.Page) -> bool:
        """Whether a person had a tab load the document again that it has just loaded."""
        scripted = page in self._scripted
        self._scripted.discard(page)
        with suppress(pw.Error):
            return not scripted and await page.evaluate(_KIND) == "reload"
        return False

    async def _move(self, page: pw.Page) -> Literal["back", "forward"] | None:
        before, now = self._stays.get(page), await self._stay(page)
        self._stays[page] = now
        if before is None or before.entries[: len(now.entries)] != now.entries[: len(before.entries)]:
            return None
        if now.index < before.index:
            return "back"
        return "forward" if before.index < now.index < len(before.entries) else None

    async def _stay(self, page: pw.Page) -> _Stay:
        if page not in self._asked:
            self._asked[page] = await self._listen(page)
        told = await self._asked[page].send("Page.getNavigationHistory")
        return _Stay(told["currentIndex"], tuple(entry["id"] for entry in told["entries"]))

    async def _listen(self, page: pw.Page) -> pw.CDPSession:
        """Ask a tab itself, and hear from it of navigations that nobody but its document has asked for."""
        asked = await page.context.new_cdp_session(page)
        frame = (await asked.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]

        def note(told: dict[str, Any]) -> None:
            if told["frameId"] == frame:
                self._scripted.add(page)

        asked.on("Page.frameRequestedNavigation", note)
        await asked.send("Page.enable")
        return asked
