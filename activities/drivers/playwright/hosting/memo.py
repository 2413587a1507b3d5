"""What a robot knows of its sessions and the browser does not, written down for the robot's successor."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from activities.drivers.playwright.hosting.place import Place
from activities.drivers.playwright.setup import Setup
from activities.sealing import Seal
from workflows.errors import SecretStoreError


class TabMemo(BaseModel):
    """One tab."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    page: str
    """Playwright's own name of it, which no page can see."""
    name: str
    url: str
    """The address of its document."""
    method: str
    """How that was loaded."""
    moment: float | None
    """When that was loaded, by the page's clock: no two documents of a tab have the same."""
    told: bool
    """Whether the run knows of it."""


class SessionMemo(BaseModel):
    """One session."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    session: str
    run: str
    lease: int
    context: str
    """Playwright's own name of its browser context."""
    setup: Setup
    tabs: tuple[TabMemo, ...]
    """The one in front last."""
    paging: str | None


class Memos:
    """The memos of a place, sealed; each is written only if it says something new."""

    def __init__(self, place: Place, seal: Seal) -> None:
        self._place = place
        self._seal = seal
        self._written: dict[str, bytes] = {}
        self._turn = asyncio.Lock()

    async def keep(self, memo: SessionMemo) -> None:
        """Have a memo on disk."""
        content = memo.model_dump_json(exclude_defaults=True).encode()
        async with self._turn:
            if self._written.get(memo.session) != content:
                await asyncio.to_thread(self._place.write, self._path(memo.session), self._seal.close(content))
                self._written[memo.session] = content

    async def forget(self, session: str) -> None:
        """Remove a memo."""
        async with self._turn:
            self._written.pop(session, None)
            await asyncio.to_thread(self._path(session).unlink, missing_ok=True)

    async def read(self) -> tuple[SessionMemo, ...]:
        """All that can be read."""
        return await asyncio.to_thread(self._read)

    def _read(self) -> tuple[SessionMemo, ...]:
        memos = []
        for path in sorted(self._place.sessions.glob("*.memo")):
            with suppress(OSError, SecretStoreError, ValidationError):
                memos.append(SessionMemo.model_validate_json(self._seal.open(path.read_bytes())))
        return tuple(memos)

    def _path(self, session: str) -> Path:
        return self._place.sessions / f"{hashlib.sha256(session.encode()).hexdigest()[:32]}.memo"
