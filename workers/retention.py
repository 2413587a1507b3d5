"""How long evidence is kept: until it is old or too much, and no open run refers to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from activities.evidence import evidence_directory
from workers.attempts import attempts_of
from workers.filters import RunFilter, quoted
from workers.runs import STATUS
from workers.settings import EvidenceSettings, Settings
from workflows.errors import AetherError

_FIRST = timedelta(minutes=1)
_EVERY = timedelta(hours=1)
_CLOCKS = timedelta(hours=1)
"""By how much clocks of machines may differ."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Kept:
    """One stored piece of evidence."""

    path: Path
    size: int
    at: datetime

    @property
    def digest(self) -> str:
        """As runs refer to it."""
        return f"sha256:{self.path.parent.name}{self.path.name}"


@asynccontextmanager
async def tidying(settings: Settings, client: Client) -> AsyncIterator[None]:
    """Remove what is not kept any more, every hour, for as long as the block lasts."""
    task = asyncio.create_task(_tidy(settings, client))
    try:
        yield
    finally:
        task.cancel()


async def tidy(settings: Settings, client: Client, *, now: datetime | None = None) -> int:
    """Remove what is not kept any more; how many pieces that were."""
    kept = await asyncio.to_thread(_kept, evidence_directory(settings.artifacts))
    surplus = surplus_of(kept, settings.evidence, now=now or datetime.now(UTC))
    if not surplus:
        return 0
    used = await _used(client, before=surplus[-1].at + _CLOCKS)
    doomed = [piece for piece in surplus if piece.digest not in used]
    await asyncio.to_thread(_remove, doomed)
    log.info("evidence.removed", pieces=len(doomed), size=sum(piece.size for piece in doomed))
    return len(doomed)


def surplus_of(kept: Sequence[Kept], settings: EvidenceSettings, *, now: datetime) -> list[Kept]:
    """Choose what is too old, and the oldest of what is too much, the oldest first."""
    surplus: list[Kept] = []
    left = sum(piece.size for piece in kept)
    for piece in sorted(kept, key=lambda piece: piece.at):
        if piece.at >= now - settings.keep and left <= settings.limit:
            break
        surplus.append(piece)
        left -= piece.size
    return surplus


async def _tidy(settings: Settings, client: Client) -> None:
    await asyncio.sleep(_FIRST.total_seconds())
    while True:
        try:
            await tidy(settings, client)
        except (RPCError, OSError, AetherError) as error:
            log.warning("evidence.not_removed", error=type(error).__name__, reason=str(error))
        await asyncio.sleep(_EVERY.total_seconds())


async def _used(client: Client, *, before: datetime) -> set[str]:
    """What open runs refer to of the evidence that is so old; parked ones may have gone on in a new execution since."""
    query = (
        f"({RunFilter().expression()}) AND ExecutionStatus = 'Running' "
        f"AND (StartTime <= {quoted(before.isoformat())} OR {STATUS.name} = 'Parked')"
    )
    digests: set[str] = set()
    async for execution in client.list_workflows(query):
        for attempt in await attempts_of(client, execution.id):
            digests.update(entry.digest for entry in attempt.evidence.values())
    return digests


def _kept(directory: Path) -> list[Kept]:
    found = []
    for path in (*directory.glob("??/*"), *directory.glob("videos/*/*")):
        facts = path.stat()
        found.append(Kept(path, facts.st_size, datetime.fromtimestamp(facts.st_mtime, UTC)))
    return found


def _remove(pieces: Sequence[Kept]) -> None:
    for piece in pieces:
        piece.path.unlink(missing_ok=True)
