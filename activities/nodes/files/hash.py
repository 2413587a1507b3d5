"""Tell the hash of a file."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Literal

from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Hash(Params):
    """Which file, and which hash."""

    path: str
    """The file, relative to the run's workspace."""
    algorithm: Literal["sha256", "sha512", "sha1", "md5"] = "sha256"
    """Which hash; `md5` and `sha1` are for systems that ask for them, and prove nothing against somebody who wants to
    deceive."""


class Hashed(Result):
    """What identifies the content."""

    hash: str
    """The hash, in hexadecimal digits."""
    size: int
    """How long the file is, in bytes."""


@node("files.hash", needs=FILES, effect=Effect.READ, label="path", timeout=timedelta(minutes=5))
async def hash_file(workspace: Workspace, params: Hash) -> Hashed:
    """Compute the hash (checksum) of a file, to tell whether two files hold the same.

    ```yaml
    - do: files.write
      with: {path: note.txt, content: Hello}
    - id: note
      do: files.hash
      with: {path: note.txt}
    - assert: "${{ note.hash.startswith('185f8db3') }}"
    ```
    """
    async with workspace.reading(params.path) as path:
        digest = await asyncio.to_thread(_digest, path, params.algorithm)
    return Hashed(hash=digest, size=workspace.entry(params.path).size)


def _digest(path: Path, algorithm: str) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
