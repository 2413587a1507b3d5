"""What steps do in a browser, recorded for Playwright's trace viewer."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Literal
from uuid import uuid4

import playwright.async_api as pw

_State = Literal["off", "ready", "on"]


class Trace:
    """Records what steps do in one browser context, a step at a time.

    It records copies of the page and no pictures, since nobody can search a picture for a secret. What it writes on
    the way is removed as soon as it ends.
    """

    def __init__(self, context: pw.BrowserContext, folder: Path | None) -> None:
        self._tracing = context.tracing
        self._folder = folder
        self._name = ""
        self._state: _State = "off"
        self._turn = asyncio.Lock()

    @property
    def on(self) -> bool:
        """Whether it is recording."""
        return self._state == "on"

    @property
    def off(self) -> bool:
        """Whether nothing is noted at all."""
        return self._state == "off"

    async def begin(self, title: str) -> None:
        """Record from now on."""
        async with self._turn:
            state, self._state = self._state, "on"
            if state == "off":
                self._name = uuid4().hex
                await self._tracing.start(name=self._name, title=title, snapshots=True)
            elif state == "ready":
                await self._tracing.start_chunk(title=title)

    async def end(self, path: Path | None = None, *, again: bool = False) -> None:
        """Stop recording; what was recorded is written to a path, or forgotten.

        With `again`, what pages load is noted until recording begins again: it may need it to show them.
        """
        async with self._turn:
            if self._state == "off":
                return
            state, self._state = self._state, "ready" if again else "off"
            try:
                if state == "on" and (again or path is not None):
                    await self._tracing.stop_chunk(path=path)
                if not again:
                    await self._tracing.stop()
            finally:
                if self._folder is not None and self._state == "off":
                    await asyncio.to_thread(_remove, self._folder, self._name)


def _remove(folder: Path, name: str) -> None:
    """Remove what a trace has left; copies of what pages loaded go with the last one that is being recorded."""
    for left in folder.glob(f"{name}*"):
        left.unlink(missing_ok=True)
    if not any(folder.glob("*.network")):
        for left in folder.glob("resources/*"):
            with contextlib.suppress(OSError):
                left.unlink()
