"""A real browser for tests, at a made-up site."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil

from activities.drivers.playwright.host import BrowserHost
from activities.sessions.browser import Page
from tests.support.pages import Site


@dataclass(frozen=True, slots=True)
class Folder:
    """A run's workspace that is just a folder."""

    root: Path

    @asynccontextmanager
    async def reading(self, path: str) -> AsyncIterator[Path]:
        """Lend a file to read."""
        yield self.root / path

    @asynccontextmanager
    async def writing(self, path: str) -> AsyncIterator[Path]:
        """Lend a place to write."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        yield place


@dataclass(frozen=True, slots=True)
class Desk:
    """A session in front of a site."""

    host: BrowserHost
    session: str
    site: Site
    files: Folder

    def page(self, seconds: float = 5.0) -> Page:
        """The view of one more step."""
        return self.host.page(self.session, timeout=timedelta(seconds=seconds), workspace=self.files)

    async def show(self, html: str, *, path: str = "/", title: str = "Test page") -> None:
        """Put a page on the site and open it."""
        self.site.page(path, html, title=title)
        await self.page(15).open(self.site.url(path), None)


def browsers_of(process: psutil.Process) -> list[psutil.Process]:
    """The browsers a process started, without their helpers and the scripts that start them."""
    browsers = [child for child in _living(process) if _is_browser(child.cmdline())]
    started = {child.ppid() for child in browsers}
    return [child for child in browsers if child.pid not in started]


def renderers_of(process: psutil.Process) -> list[psutil.Process]:
    """The processes that show pages in them."""
    return [child for child in _living(process) if "--type=renderer" in child.cmdline()]


def _is_browser(command: list[str]) -> bool:
    return any(word.startswith("--user-data-dir=") for word in command) and not any(
        word.startswith("--type=") for word in command
    )


def _living(process: psutil.Process) -> list[psutil.Process]:
    return [child for child in process.children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]
