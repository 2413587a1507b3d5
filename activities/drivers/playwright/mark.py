"""Where steps leave their pages, and how a page is had again on another robot."""

from __future__ import annotations

import asyncio
import hashlib
import json
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from weakref import WeakKeyDictionary

import playwright.async_api as pw

from activities.artifacts import ArtifactStore
from activities.drivers.playwright.host import BrowserHost
from activities.drivers.playwright.session import PageSession, Restored
from activities.drivers.playwright.setup import Setup
from activities.sealing import Seal
from workflows.call import Checkpoint, FileEntry, PageMark, StepCall
from workflows.errors import SessionLostError
from workflows.spec import Effect

if TYPE_CHECKING:
    from playwright.async_api import StorageState

_SETUP = "setup"
"""Beside what Playwright calls the storage state."""


class Marks:
    """Saves what a page needs to be had again: its address, and storage and set-up of its session, sealed."""

    def __init__(self, host: BrowserHost, artifacts: ArtifactStore, seal: Seal) -> None:
        self._host = host
        self._artifacts = artifacts
        self._seal = seal
        self._saved: WeakKeyDictionary[PageSession, bytes] = WeakKeyDictionary()

    async def left(self, call: StepCall) -> PageMark | None:
        """Tell where a step left its page; None when the page is gone, which the next step will find out."""
        if call.session is None:
            return None
        with suppress(pw.Error, SessionLostError):
            session = self._host.find(call.session.id)
            document = session.document()
            front = session.front
            if front is not None:
                changed = document == "fresh" or call.effect is not Effect.READ
                storage = await self._save(session) if changed else None
                return PageMark(url=front.url, storage=storage, document=document)
        return None

    async def restored(self, checkpoint: Checkpoint | None) -> Restored | None:
        """Read what a session needs to begin where another was left."""
        if checkpoint is None:
            return None
        if checkpoint.storage is None:
            return Restored(checkpoint.url, None, Setup())
        content = await self._read(checkpoint.storage)
        setup = Setup.model_validate(content.pop(_SETUP, {}))
        return Restored(checkpoint.url, cast("StorageState", content), setup)

    async def _save(self, session: PageSession) -> FileEntry | None:
        """Store the session's storage and how it was set up, if it is not what was stored last."""
        storage = await session.context.storage_state(indexed_db=True)
        whole = {**storage, _SETUP: session.setup.model_dump(mode="json", exclude_defaults=True)}
        content = json.dumps(whole, sort_keys=True).encode()
        digest = hashlib.sha256(content).digest()
        if self._saved.get(session) == digest:
            return None
        entry = await self._artifacts.put(self._seal.close(content))
        self._saved[session] = digest
        return entry

    async def _read(self, entry: FileEntry) -> dict[str, Any]:
        directory = await asyncio.to_thread(tempfile.mkdtemp, prefix="aether-storage-")
        try:
            path = Path(directory, "sealed")
            await self._artifacts.fetch(entry, path)
            sealed = await asyncio.to_thread(path.read_bytes)
        finally:
            await asyncio.to_thread(shutil.rmtree, directory)
        content: dict[str, Any] = json.loads(self._seal.open(sealed))
        return content
