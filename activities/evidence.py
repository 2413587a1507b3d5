"""What shows how a step went: sealed, and kept for as long as somebody may want to look at it."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

import structlog

from activities.artifacts import ArtifactStore, LocalArtifactStore
from activities.private import passing_directory, private_directory
from activities.sealing import Seal
from workflows.call import FileEntry

EvidenceKind: TypeAlias = Literal["screenshot", "source", "console", "trace", "candidate"]

FILE_NAMES: Mapping[str, str] = {
    "screenshot": "screenshot.png",
    "source": "source.html",
    "console": "console.json",
    "trace": "trace.zip",
    "candidate": "candidate.png",
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


class Videos:
    """Films of sessions, by the run they were held for: its history does not refer to them."""

    def __init__(self, directory: Path, seal: Seal) -> None:
        self._directory = directory
        self._seal = seal

    async def keep(self, run: str, content: bytes) -> None:
        """Seal and store a film."""
        await asyncio.to_thread(self._keep, run, content)

    async def of(self, run: str) -> list[bytes]:
        """Give the films of a run, the first one first.

        Raises:
            SecretStoreError: they were sealed with another key.
        """
        return await asyncio.to_thread(self._of, run)

    def _keep(self, run: str, content: bytes) -> None:
        folder = private_directory(self._folder(run))
        partial = folder / f".{time.time_ns()}"
        partial.write_bytes(self._seal.close(content))
        partial.replace(folder / partial.name.removeprefix("."))

    def _of(self, run: str) -> list[bytes]:
        files = sorted(path for path in self._folder(run).glob("*") if path.name.isdigit())
        return [self._seal.open(path.read_bytes()) for path in files]

    def _folder(self, run: str) -> Path:
        return self._directory / "videos" / hashlib.sha256(run.encode()).hexdigest()


def evidence_directory(artifacts: Path) -> Path:
    """Where an installation keeps evidence, beside its other artifacts."""
    return artifacts / "evidence"


def local_evidence(artifacts: Path, seal: Seal, *, largest: int = LARGEST) -> EvidenceStore:
    """Have the evidence of an installation that keeps its artifacts in a directory."""
    return EvidenceStore(LocalArtifactStore(evidence_directory(artifacts)), seal, largest=largest)
