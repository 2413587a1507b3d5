"""Looking whether a page shows what it should."""

from __future__ import annotations

from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import playwright.async_api as pw

from activities.drivers.playwright import script
from activities.drivers.playwright.explain import plain_address
from activities.drivers.playwright.locate import locate
from activities.sessions.browser import Condition, State

_LONGEST = 200


class Observer:
    """Compares a page with a condition, one look at a time."""

    def __init__(self, condition: Condition) -> None:
        self._condition = condition

    @property
    def expected(self) -> str:
        """The condition in words."""
        wanted = self._condition
        subject = str(wanted.target) if wanted.target else "the page"
        parts = [
            f"{subject} {wanted.state}" if wanted.state else "",
            f"{subject} showing {wanted.text!r}" if wanted.text is not None else "",
            f"{subject} holding {wanted.value!r}" if wanted.value is not None else "",
            f"{wanted.count} of {subject}" if wanted.count is not None else "",
            f"the address {wanted.url!r}" if wanted.url is not None else "",
            f"the title {wanted.title!r}" if wanted.title is not None else "",
        ]
        return " and ".join(part for part in parts if part)

    async def look(self, page: pw.Page) -> str | None:
        """What there is instead of what is wanted; None if it is as wanted."""
        wanted = self._condition
        if wanted.url is not None and not _same_place(page.url, wanted.url):
            return f"the address {plain_address(page.url)!r}"
        if wanted.title is not None:
            title = await page.title()
            if title != wanted.title:
                return f"the title {title!r}"
        if wanted.target is None:
            return await _look_for_text(page, wanted.text)
        return await self._look_at_element(page.url, locate(page, wanted.target))

    async def _look_at_element(self, url: str, element: pw.Locator) -> str | None:
        wanted = self._condition
        count = await element.count()
        if wanted.count is not None:
            return None if count == wanted.count else f"{count} of them"
        if wanted.state in (State.HIDDEN, State.DETACHED) and count == 0:
            return None
        if count != 1:
            return f"{count or 'none'} of them on {plain_address(url)!r}"
        seen = await element.evaluate(script.LOOK)
        return _compare(wanted, seen["states"], seen["text"], seen["value"])


def _compare(wanted: Condition, states: list[str], text: str, value: str) -> str | None:
    if wanted.state is not None and wanted.state not in states:
        return "it " + " and ".join(states)
    if wanted.text is not None and wanted.text not in text:
        return f"the text {_shortened(text)!r}"
    if wanted.value is not None and wanted.value != value:
        return f"the value {_shortened(value)!r}"
    return None


async def _look_for_text(page: pw.Page, text: str | None) -> str | None:
    if text is None or text in await page.locator("body").inner_text(timeout=1000):
        return None
    return "a page without it"


def _same_place(url: str, wanted: str) -> bool:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return any(shown == wanted or fnmatchcase(shown, wanted) for shown in (url, parts.path, path))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
