"""An account's mail for steps: each call waits for the server in a thread, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from typing_extensions import override

from activities.drivers.mail.connection import Connection
from activities.drivers.mail.operations import Operations
from activities.drivers.mail.taking import Taking
from activities.sessions.mail import Folder, Mailbox
from activities.sessions.mailing import Criteria, Found, Reference

_LISTENING = 10.0
"""Seconds: servers do not tell of everything."""
_POLLING = 2.0
"""Seconds between looks at a server that tells of nothing."""

T = TypeVar("T")


class ImapMailbox(Mailbox):
    """Mail over one IMAP connection."""

    def __init__(self, connection: Connection, *, key: str, largest: int) -> None:
        self._connection = connection
        self._operations = Operations(connection, largest=largest)
        self._key = key

    @override
    async def folders(self) -> Sequence[Folder]:
        return await self._do(self._operations.folders)

    @override
    async def create(self, folder: str) -> bool:
        return await self._do(lambda: self._operations.create(folder))

    @override
    async def search(self, criteria: Criteria, limit: int | None, *, newest: bool = False) -> Sequence[Found]:
        return await self._do(lambda: list(islice(self._operations.search(criteria, newest=newest), limit)))

    @override
    async def look(self, reference: Reference) -> Found:
        return await self._do(lambda: self._operations.look(reference))

    @override
    async def fetch(self, reference: Reference, to: Path) -> None:
        await self._do(lambda: self._operations.fetch(reference, to))

    @override
    async def move(self, reference: Reference, to: str) -> Reference:
        return await self._do(lambda: self._operations.move(reference, to))

    @override
    async def flag(self, reference: Reference, add: Sequence[str], remove: Sequence[str]) -> None:
        await self._do(lambda: self._operations.flag(reference, add, remove))

    @override
    async def delete(self, reference: Reference) -> bool:
        return await self._do(lambda: self._operations.delete(reference))

    @override
    async def discard(self, reference: Reference, trash: str) -> bool:
        return await self._do(lambda: self._operations.discard(reference, trash))

    @override
    async def trash(self) -> str | None:
        return await self._do(lambda: self._operations.special("trash"))

    @override
    async def arrival(self, folder: str, within: timedelta) -> None:
        seconds = within.total_seconds()
        if self._connection.offers("IDLE"):
            await self._do(lambda: self._listen(folder, min(_LISTENING, seconds)))
        else:
            await asyncio.sleep(min(_POLLING, seconds))

    @override
    async def take(self, criteria: Criteria, into: str) -> Found | None:
        taking = Taking(self._operations, self._key, into)
        return await self._do(lambda: taking.take(criteria))

    async def named(self, folder: str, message_id: str) -> Sequence[tuple[Reference, Sequence[str]]]:
        """Give the messages of a Message-ID, and their flags; none where there is no such folder."""
        operations = self._operations
        return await self._do(lambda: operations.named(folder, message_id) if operations.exists(folder) else [])

    async def append(self, folder: str, content: bytes, flags: str) -> None:
        """Put a message into a folder, which is made where it is missing."""

        def put() -> None:
            self._operations.create(folder)
            self._connection.append(folder, flags, content)

        await self._do(put)

    def _listen(self, folder: str, seconds: float) -> None:
        if self._connection.selected != folder:  # else nothing that came since the last look must be missed
            self._operations.select(folder, readonly=True)
        self._connection.idle(seconds)

    async def _do(self, work: Callable[[], T]) -> T:
        def explained() -> T:
            with self._connection.explained():
                return work()

        try:
            return await asyncio.to_thread(explained)
        except asyncio.CancelledError:
            self._connection.abort()  # the thread waits for nothing any more
            raise
