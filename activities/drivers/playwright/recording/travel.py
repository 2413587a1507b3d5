"""Whether a page came because a person went back or forward."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

import playwright.async_api as pw


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
        self._lock = asyncio.Lock()

    async def moved(self, page: pw.Page) -> Literal["back", "forward"] | None:
        """Where a tab has gone to in its history since it was asked last."""
        with suppress(pw.Error):
            async with self._lock:
                return await self._move(page)
        return None

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
            self._asked[page] = await page.context.new_cdp_session(page)
        told = await self._asked[page].send("Page.getNavigationHistory")
        return _Stay(told["currentIndex"], tuple(entry["id"] for entry in told["entries"]))
