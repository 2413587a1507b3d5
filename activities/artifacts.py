"""Content that outlives the step and the robot that made it, stored by digest."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO, Protocol

from typing_extensions import override

from activities.private import private_directory
from workflows.call import FileEntry
from workflows.errors import RobotError

_CHUNK = 1024 * 1024
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class ArtifactLostError(RobotError):
    """A stored file that is gone or changed, or in a store this robot does not see."""


class ArtifactStore(Protocol):
    """Where files of runs are kept; every robot of an installation uses the same."""

    async def put(self, content: Path | bytes) -> FileEntry:
        """Keep a file's content; the same content twice is kept once."""

    async def has(self, digest: str) -> bool:
        """Tell whether some content is kept."""

    async def fetch(self, entry: FileEntry, path: Path) -> None:
        """Write kept content to a path.

        Raises:
            ArtifactLostError: it is not there, or not what was put.
        """


class LocalArtifactStore(ArtifactStore):
    """Artifacts as read-only files of one directory.

    A file appears whole or not at all, and is checked against its digest whenever it is read. Content passes
    through in pieces: its size does not matter.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @override
    async def put(self, content: Path | bytes) -> FileEntry:
        return await asyncio.to_thread(self._put, content)

    @override
    async def has(self, digest: str) -> bool:
        return await asyncio.to_thread(self.path_of(digest).is_file)

    @override
    async def fetch(self, entry: FileEntry, path: Path) -> None:
        await asyncio.to_thread(self._fetch, entry, path)

    def path_of(self, digest: str) -> Path:
        """Where content of a digest is, if it is there."""
        found = _DIGEST.fullmatch(digest)
        if found is None:
            raise ArtifactLostError(f"expected a digest such as 'sha256:…' with 64 hexadecimal digits, not {digest!r}")
        return self._directory / found[1][:2] / found[1][2:]

    def _put(self, content: Path | bytes) -> FileEntry:
        private_directory(self._directory)
        handle, name = tempfile.mkstemp(dir=self._directory, prefix=".partial-")
        partial = Path(name)
        try:
            with os.fdopen(handle, "wb") as target:
                entry = _write(content, target)
                target.flush()
                os.fsync(target.fileno())
            self._keep(partial, self.path_of(entry.digest))
        finally:
            partial.unlink(missing_ok=True)
        return entry

    @staticmethod
    def _keep(partial: Path, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        partial.chmod(0o444)
        try:
            partial.replace(path)
        except PermissionError:
            if not path.is_file():  # else Windows refused because another step reads the same content
                raise

    def _fetch(self, entry: FileEntry, path: Path) -> None:
        try:
            with self.path_of(entry.digest).open("rb") as source, path.open("wb") as target:
                found = _copy(source, target)
        except FileNotFoundError as error:
            raise ArtifactLostError(
                f"no content {entry.digest!r} in {str(self._directory)!r}; all robots and commands of one installation "
                "need the same artifact directory (setting 'artifacts')"
            ) from error
        if found != entry:
            path.unlink()
            raise ArtifactLostError(
                f"the content of {entry.digest!r} in {str(self._directory)!r} has been changed; restore it"
            )


def _write(content: Path | bytes, target: BinaryIO) -> FileEntry:
    if isinstance(content, bytes):
        target.write(content)
        return FileEntry(digest=f"sha256:{hashlib.sha256(content).hexdigest()}", size=len(content))
    with content.open("rb") as source:
        return _copy(source, target)


def _copy(source: BinaryIO, target: BinaryIO) -> FileEntry:
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_CHUNK):
        digest.update(piece)
        size += target.write(piece)
    return FileEntry(digest=f"sha256:{digest.hexdigest()}", size=size)
