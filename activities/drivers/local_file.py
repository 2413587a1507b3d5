"""Files of this host, read and written piece by piece beside everything else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import anyio


@asynccontextmanager
async def local_file(path: Path, mode: Literal["rb", "wb"]) -> AsyncIterator[anyio.AsyncFile[bytes]]:
    """Have a file open; it is closed too where a step is called off while a thread is just opening it.

    Raises:
        OSError: it cannot be opened.
    """
    opening = asyncio.ensure_future(anyio.open_file(path, mode))
    try:
        yield await asyncio.shield(opening)
    finally:
        file = await opening
        await file.aclose()
