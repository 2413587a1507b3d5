"""The tabs of a session, by name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import playwright.async_api as pw

FIRST = "main"
_OPENED = "popup"


class Tabs:
    """Names and order of tabs: the last one is in front; those that pages open by themselves are `popup` and so on."""

    def __init__(self) -> None:
        self._names: dict[pw.Page, str] = {}

    @property
    def front(self) -> pw.Page | None:
        """The tab in front; None when the last one was closed."""
        return next(reversed(self._names), None)

    def add(self, page: pw.Page) -> None:
        """A tab was opened: it is in front."""
        self._names[page] = self._free_name()

    def forget(self, page: pw.Page) -> None:
        """A tab was closed."""
        self._names.pop(page, None)

    def find(self, name: str) -> pw.Page | None:
        """The tab of a name."""
        return next((page for page, own in self._names.items() if own == name), None)

    def name(self, page: pw.Page, name: str) -> None:
        """Give a tab another name; a tab that had it gets a free one."""
        if page in self._names:
            other = self.find(name)
            self._names[page] = name
            if other is not None and other is not page:
                self._names[other] = self._free_name()

    def show(self, page: pw.Page) -> None:
        """Bring a tab to the front."""
        self._names[page] = self._names.pop(page)

    def __iter__(self) -> Iterator[tuple[str, pw.Page]]:
        """The tabs that are open, the one in front last."""
        return ((name, page) for page, name in self._names.items())

    def _free_name(self) -> str:
        taken = set(self._names.values())
        if not taken:
            return FIRST
        return next(name for number in count(1) if (name := _numbered(number)) not in taken)


def _numbered(number: int) -> str:
    return _OPENED if number == 1 else f"{_OPENED}_{number}"
