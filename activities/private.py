"""Directories that only their owner can look into: what runs leave behind may be confidential."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


def private_directory(path: Path) -> Path:
    """Have a directory; whatever is missing on the way to it is made for the owner alone.

    One that is there stays as it is: people may share it on purpose.
    """
    if not path.is_dir():
        private_directory(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


@asynccontextmanager
async def passing_directory(parent: Path | None = None) -> AsyncIterator[Path]:
    """Have an empty directory that goes away with the block."""
    path = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="aether-", dir=parent))
    try:
        yield path
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, path, ignore_errors=True))
