"""What shows how a step went: sealed, and kept for as long as somebody may want to look at it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import structlog

from activities.artifacts import ArtifactStore, LocalArtifactStore
from activities.private import passing_directory
from activities.sealing import Seal
from workflows.call import FileEntry

EvidenceKind: TypeAlias = Literal["screenshot", "source", "console", "trace"]

FILE_NAMES: Mapping[str, str] = {
    "screenshot": "screenshot.png",
    "source": "source.html",
    "console": "console.json",
    "trace": "trace.zip",
}
"""What the kinds of evidence are called as files."""

LARGEST = 32 * 1024 * 1024

_log: structlog.stdlib.BoundLogger = structlog.get_logger()


class EvidenceStore:
    """Keeps evidence apart from the files of runs: nobody but a person needs it, and it goes away with time."""

    def __init__(self, store: ArtifactStore, seal: Seal, *, largest: int = LARGEST) -> None:
        self._store = store
        self._seal = seal
        self._largest = largest

    @property
    def largest(self) -> int:
        """The size of a file from which on it is not kept."""
        return self._largest

    async def keep(self, kind: EvidenceKind, content: bytes) -> FileEntry | None:
        """Seal and store something; None if it is too large."""
        if len(content) > self._largest:
            _log.warning("evidence.too_large", kind=kind, size=len(content), largest=self._largest)
            return None
        return await self._store.put(await asyncio.to_thread(self._seal.close, content))

    async def read(self, entry: FileEntry) -> bytes:
        """Give back what was kept.

        Raises:
            ArtifactLostError: it is not there any more.
            SecretStoreError: it was sealed with another key.
        """
        async with passing_directory() as directory:
            path = directory / "sealed"
            await self._store.fetch(entry, path)
            return self._seal.open(await asyncio.to_thread(path.read_bytes))


def evidence_directory(artifacts: Path) -> Path:
    """Where an installation keeps evidence, beside its other artifacts."""
    return artifacts / "evidence"


def local_evidence(artifacts: Path, seal: Seal, *, largest: int = LARGEST) -> EvidenceStore:
    """Have the evidence of an installation that keeps its artifacts in a directory."""
    return EvidenceStore(LocalArtifactStore(evidence_directory(artifacts)), seal, largest=largest)
