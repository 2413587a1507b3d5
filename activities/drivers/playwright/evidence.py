"""What shows how a step in a browser went: a picture, the page's source, its console, a trace."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import zipfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import playwright.async_api as pw
from pydantic import JsonValue

from activities.drivers.playwright.cover import covered
from activities.drivers.playwright.host import BrowserHost
from activities.drivers.playwright.session import PageSession
from activities.evidence import EvidenceKind, EvidenceStore
from activities.private import passing_directory
from activities.secrets import masked
from workflows.call import FileEntry, StepCall

_LONGEST_SOURCE = 4 * 1024 * 1024
_CUT = "…"
_BASIC = re.compile(r"\bBasic ([A-Za-z0-9+/]+=*)")


class Witness:
    """Watches the steps of a robot's browser sessions, and keeps what shows how they went.

    Secrets are taken out by value, or what holds one is left out: a picture cannot be searched, a trace not mended.
    """

    def __init__(
        self,
        host: BrowserHost,
        store: EvidenceStore,
        scratch: Path | None = None,
        *,
        patience: timedelta = timedelta(seconds=1),
    ) -> None:
        self._host = host
        self._patience = patience.total_seconds()
        """Seconds a page has to show itself."""
        self._store = store
        self._scratch = scratch

    @asynccontextmanager
    async def watching(self, call: StepCall) -> AsyncIterator[None]:
        """Watch a step."""
        session = self._session(call)
        if session is None:
            yield
            return
        async with session.watch.step(call):
            yield

    async def evidence(self, call: StepCall) -> AsyncIterator[tuple[str, FileEntry]]:
        """Give what there is as it is found, what needs no answer of the page first."""
        session = self._session(call)
        if session is None:
            return
        if session.lost_because is None:
            await session.watch.trouble()  # what follows leaves copies of the page in the trace
        async for kind, content in self._found(session, call):
            entry = await self._store.keep(kind, content)
            if entry is not None:
                yield kind, entry

    def _session(self, call: StepCall) -> PageSession | None:
        return self._host.known(call.session.id) if call.session is not None else None

    async def _found(self, session: PageSession, call: StepCall) -> AsyncIterator[tuple[EvidenceKind, bytes]]:
        alive = session.used if session.lost_because is None else None
        yield "console", _console(session, call)
        if alive is not None:
            looks: dict[EvidenceKind, Coroutine[Any, Any, bytes]] = {
                "screenshot": _picture(alive, self._patience),
                "source": _source(alive),
            }
            for kind, content in (await _in_time(looks, self._patience)).items():
                yield kind, content
        async with passing_directory(self._scratch) as directory:
            path = directory / "trace.zip"
            if await session.watch.traced(call, path) and not await asyncio.to_thread(_holds_secret, path):
                yield "trace", await asyncio.to_thread(path.read_bytes)


async def _in_time(looks: dict[EvidenceKind, Coroutine[Any, Any, bytes]], patience: float) -> dict[EvidenceKind, bytes]:
    """Look at a page in several ways at once, as far as it lets itself be looked at."""
    tasks = {asyncio.create_task(look): kind for kind, look in looks.items()}
    try:
        done, _ = await asyncio.wait(tasks, timeout=patience)
    finally:
        for task in tasks:
            task.cancel()
    return {kind: task.result() for task, kind in tasks.items() if task in done and task.exception() is None}


async def _picture(page: pw.Page, patience: float) -> bytes:
    return await page.screenshot(mask=await covered(page), timeout=patience * 1000)


async def _source(page: pw.Page) -> bytes:
    """The document and those of its frames, as they are now; what fields hold is no part of them."""
    parts = [f"<!-- {frame.url} -->\n{await frame.content()}\n" for frame in page.frames]
    whole = "".join(parts)
    if len(whole) > _LONGEST_SOURCE:
        whole = whole[:_LONGEST_SOURCE] + _CUT
    return (await asyncio.to_thread(masked, whole)).encode(errors="replace")


def _console(session: PageSession, call: StepCall) -> bytes:
    used = session.used
    told: dict[str, JsonValue] = {
        "url": used.url if used else None,
        "tabs": [page.url for page in session.context.pages],
        "lost": session.lost_because,
        "console": session.watch.console.messages,
        "requests": session.watch.console.requests,
        "untraced": session.watch.untraced(call),
    }
    return json.dumps(masked(told), indent=1, ensure_ascii=False).encode(errors="replace")


def _holds_secret(path: Path) -> bool:
    """Whether a secret is anywhere in a trace."""
    with zipfile.ZipFile(path) as trace:
        texts = (trace.read(name).decode(errors="replace") for name in trace.namelist())
        return any(masked(text) != text for whole in texts for text in (whole, *_credentials(whole)))


def _credentials(text: str) -> Iterator[str]:
    """What browsers send to sign in; Base64 hides short passwords from the mask."""
    for encoded in _BASIC.findall(text):
        with suppress(ValueError):
            yield base64.b64decode(encoded).decode(errors="replace")
