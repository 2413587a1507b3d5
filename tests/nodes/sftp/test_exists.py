"""Looking for something on a server by SFTP."""

from __future__ import annotations

from typing import Any

from activities.nodes.sftp.exists import exists_at
from tests.support.file_servers import Served
from tests.support.steps import Steps


async def test_files_and_folders_are_told_apart_from_nothing(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    server.put("out/may.csv")

    told = {
        path: await steps.do(exists_at, {**address, "path": path}) for path in ("out/may.csv", "out", "out/june.csv")
    }

    assert {
        "out/may.csv": {"exists": True, "folder": False},
        "out": {"exists": True, "folder": True},
        "out/june.csv": {"exists": False, "folder": False},
    } == told
