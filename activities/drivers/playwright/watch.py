"""Watching the steps of a session, so that one that fails can show how."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import playwright.async_api as pw

from activities.drivers.playwright.console import Console
from activities.drivers.playwright.trace import Trace
from workflows.call import StepCall

_PATIENCE = 1.0
"""Seconds after which a step counts as one that does not get on."""
_START_TIME = 0.5
_STOP_TIME = 2.0
_WRITE_TIME = 10.0
"""Whoever wants evidence of a step waits no longer for it than that needs."""
_CLOSE_TIME = 0.5


class Watch:
    """What is noted of a session while its steps go on.

    Tracing makes every action slower by what it takes to copy the page, on large pages many times over. So a step is
    traced from the moment on that it does not get on; only one that is repeated, or of which everything is to be
    kept, is traced from its start. A step that is given a secret never is, nor one whose page may show it: any
    document that was there while a secret was used.
    """

    def __init__(self, context: pw.BrowserContext, traces: Path | None) -> None:
        self.console = Console(context)
        self._context = context
        self._trace = Trace(context, traces)
        self._title: str | None = None
        self._steps = 0
        self._secrets = 0
        """How many steps that were given a secret are at work."""
        self._clean = True
        """Whether no secret was used since the trace began."""
        self._documents: WeakKeyDictionary[pw.Page, object] = WeakKeyDictionary()
        """What stands for the document that a tab shows."""
        self._secretive: WeakKeyDictionary[pw.Page, object] = WeakKeyDictionary()
        """What stood for the document in a tab when a secret was used."""
        self._work: set[asyncio.Task[Any]] = set()
        context.on("page", lambda page: page.on("domcontentloaded", self._note_document))

    def resume(self) -> None:
        """Go on with pages that another process has opened: who knows whether they show a secret."""
        for page in self._context.pages:
            page.on("domcontentloaded", self._note_document)
        self._note_secret()

    @property
    def idle(self) -> bool:
        """Whether nothing slows the pages down."""
        return self._trace.off

    @property
    def secretive(self) -> bool:
        """Whether pages may show a secret, as far as can be told without looking."""
        return self._forbidden() is not None

    @asynccontextmanager
    async def step(self, call: StepCall) -> AsyncIterator[None]:
        """Watch a step; the trace of one that fails goes on until somebody asks for it, or another step begins."""
        self._steps += 1
        try:
            async with self._secretly() if call.secrets else self._openly(call):
                yield
        finally:
            self._steps -= 1

    async def trouble(self) -> None:
        """Take note that a step does not get on."""
        if self._title is not None and not self._trace.on and self._forbidden() is None:
            self._clean = True
            await self._within(_START_TIME, self._trace.begin(self._title))

    def untraced(self, call: StepCall) -> str | None:
        """Why a step is not traced; None if nothing speaks against it."""
        return "the step was given a secret" if call.secrets else self._forbidden()

    async def traced(self, call: StepCall, path: Path) -> bool:
        """Write down the trace of a step that has just ended; whether there is one."""
        if self.untraced(call) is not None or not self._clean or not self._trace.on:
            return False
        await self._within(_WRITE_TIME, self._trace.end(path, again=call.evidence == "all"))
        return await asyncio.to_thread(path.is_file)

    async def close(self) -> None:
        """Forget what is being recorded."""
        await self._within(_CLOSE_TIME, self._trace.end())

    @asynccontextmanager
    async def _openly(self, call: StepCall) -> AsyncIterator[None]:
        again = call.evidence == "all"
        self._title = call.place if call.evidence != "off" else None
        if self._steps == 1 and self._trace.on:  # nobody asked for it
            await self._stop(again=again)
        if again or call.attempt > 1:
            await self.trouble()
        impatience = asyncio.create_task(self._lose_patience())
        try:
            yield
        finally:
            impatience.cancel()
        if self._trace.on and not again and self._steps == 1:
            await self._stop()

    @asynccontextmanager
    async def _secretly(self) -> AsyncIterator[None]:
        self._secrets += 1
        self._clean = False
        self._note_secret()
        await self._stop()
        try:
            yield
        finally:
            self._note_secret()
            self._secrets -= 1

    async def _lose_patience(self) -> None:
        await asyncio.sleep(_PATIENCE)
        await self.trouble()

    def _forbidden(self) -> str | None:
        """Why nothing may be traced now; None if nothing speaks against it."""
        if self._secrets:
            return "a step beside it was given a secret"
        if any(self._secretive.get(page, self) is self._documents.get(page) for page in self._context.pages):
            return "its page may show a secret: one was used in it"
        return None

    def _note_document(self, page: pw.Page) -> None:
        self._documents[page] = object()

    def _note_secret(self) -> None:
        for page in self._context.pages:
            self._secretive[page] = self._documents.get(page)

    async def _stop(self, *, again: bool = False) -> None:
        if not self._trace.off:
            await self._within(_STOP_TIME, self._trace.end(again=again))

    async def _within(self, seconds: float, work: Coroutine[Any, Any, None]) -> None:
        """Wait for some work, but not for a page that does not answer: the work goes on without anybody waiting."""
        task = asyncio.create_task(_regardless(work))
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        await asyncio.wait({task}, timeout=seconds)


async def _regardless(work: Coroutine[Any, Any, None]) -> None:
    with suppress(pw.Error):  # the browser went away: there is nothing to show any more
        await work
