"""Films of sessions, for people who want to see what a robot did."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import playwright.async_api as pw
import structlog

from activities.drivers.playwright.avi import avi
from activities.drivers.playwright.cover import shows_secret
from activities.evidence import Videos
from activities.secrets import Mask

if TYPE_CHECKING:
    from activities.drivers.playwright.session import PageSession

_RATE = 5
"""Pictures per second."""
_LONGEST = 2 * _RATE
_EVERY = 1.0
_LOOK_TIME = 1.0
_STOP_TIME = 2.0
_SIZE: pw.ScreencastSize = {"width": 1280, "height": 1280}

_log: structlog.stdlib.BoundLogger = structlog.get_logger()


class Film:
    """The pictures of one session, without those that may show a secret.

    Nothing is filmed in a document in which a secret was used. The rest is looked at once a second, and what was
    filmed between two looks is kept only if no secret was to be seen at either. A film that gets too large loses
    every other picture.
    """

    def __init__(self, session: PageSession, largest: int) -> None:
        self._session = session
        self._largest = largest
        self._began = time.monotonic()
        self._reel: dict[int, bytes] = {}
        self._fresh: dict[int, bytes] = {}
        """What was filmed since the last look."""
        self._safe = True
        """Whether the last look saw no secret."""
        self._work: set[asyncio.Task[Any]] = set()
        self._looking = asyncio.create_task(self._look_again())

    @property
    def pictures(self) -> tuple[bytes, ...]:
        """What is kept so far."""
        return tuple(self._reel.values())

    def follow(self, page: pw.Page) -> None:
        """Film a tab as well, while it is in front."""
        self._later(page.screencast.start(on_frame=lambda frame: self._take(page, frame), size=_SIZE))

    async def end(self) -> bytes | None:
        """Stop; the film, unless there is nothing to be seen."""
        self._looking.cancel()
        await self._look()
        for page in self._session.context.pages:
            self._later(page.screencast.stop())
        if self._work:
            await asyncio.wait(self._work, timeout=_STOP_TIME)
        if not self._reel:
            return None
        return await asyncio.to_thread(avi, _shortened(self._reel), rate=_RATE)

    def _take(self, page: pw.Page, frame: pw.ScreencastFrame) -> None:
        if page is self._session.front and not self._session.watch.secretive:
            self._fresh[int((time.monotonic() - self._began) * _RATE)] = frame["data"]

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            if self._fresh:
                await self._look()

    async def _look(self) -> None:
        fresh, self._fresh = self._fresh, {}
        before, self._safe = self._safe, await self._harmless()
        if before and self._safe:
            self._reel.update(fresh)
        while sum(map(len, self._reel.values())) > self._largest:
            self._reel = dict(list(self._reel.items())[1::2])  # none of one: there is an end

    async def _harmless(self) -> bool:
        page = self._session.front
        if page is None or self._session.watch.secretive:
            return False
        try:
            async with asyncio.timeout(_LOOK_TIME):
                return not await shows_secret(page)
        except (pw.Error, TimeoutError):
            return False

    def _later(self, work: Any) -> None:  # noqa: ANN401 - whatever Playwright gives back is of no use
        async def quietly() -> None:
            with suppress(pw.Error):
                await work

        task = asyncio.create_task(quietly())
        self._work.add(task)
        task.add_done_callback(self._work.discard)


def _shortened(reel: Mapping[int, bytes]) -> dict[int, bytes]:
    """Number the pictures anew, so that none is seen longer than a moment: runs wait a lot."""
    frames: dict[int, bytes] = {}
    at, before = 0, min(reel)
    for number, picture in sorted(reel.items()):
        at += min(number - before, _LONGEST)
        before = number
        frames[at] = picture
    return frames | {at + _LONGEST: b""}


class Films:
    """Films the sessions of one robot."""

    def __init__(self, videos: Videos, mask: Mask, *, largest: int) -> None:
        self._videos = videos
        self._mask = mask
        self._largest = largest

    @asynccontextmanager
    async def filming(self, session: PageSession, run: str) -> AsyncIterator[None]:
        """Film a session for as long as the block lasts, and keep the film."""
        with self._mask.worn():
            film = session.film = Film(session, self._largest)
            for page in session.context.pages:
                film.follow(page)
        try:
            yield
        finally:
            session.film = None
            with self._mask.worn():
                await asyncio.shield(asyncio.create_task(self._keep(film, run)))

    async def _keep(self, film: Film, run: str) -> None:
        try:
            content = await film.end()
            if content is not None:
                await self._videos.keep(run, content)
                _log.info("video.kept", pictures=len(film.pictures), size=len(content))
        except OSError as error:
            _log.warning("video.failed", error=type(error).__name__)
