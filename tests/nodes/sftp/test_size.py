"""Files larger than what steps may keep in memory, by SFTP."""

from __future__ import annotations

import tracemalloc
from typing import Any

from activities.nodes.sftp.download import download_files
from activities.nodes.sftp.upload import upload_files
from tests.support.file_servers import Served
from tests.support.steps import Steps

SIZE = 40 * 2**20
LITTLE = 30 * 2**20
"""Bytes; the server runs in the same process."""


async def test_files_of_any_size_pass_in_little_memory(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    with server.put("large.bin").open("wb") as file:
        file.truncate(SIZE)

    tracemalloc.start()
    try:
        await steps.do(download_files, {**address, "path": "large.bin"}, timeout=100)
        await steps.do(upload_files, {**address, "path": "large.bin", "to": "again.bin"}, timeout=100)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert SIZE == (server.root / "again.bin").stat().st_size
    assert peak < LITTLE
