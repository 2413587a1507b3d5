"""Deleting files on a server by FTP."""

from __future__ import annotations

import asyncio
from typing import Any

from activities.nodes.ftp.delete import delete_files
from tests.support.file_servers import Served
from tests.support.steps import Steps, failure_of


async def test_files_are_deleted_and_it_is_fine_if_there_is_none(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    for path in ("out/a.tmp", "out/b.tmp", "out/c.csv", "out/d.csv"):
        server.put(path)

    counts = [
        (await steps.do(delete_files, {**address, "path": path}))["count"]
        for path in ("out/*.tmp", "out/*.tmp", "out/c.csv", "out/c.csv")
    ]

    assert [2, 0, 1, 0] == counts
    assert {"out/d.csv": b""} == server.files


async def test_folders_are_left_to_another_node(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    server.put("out/a")

    error = await failure_of(steps.do(delete_files, {**address, "path": "out"}))

    assert ("business", False) == (error.kind, error.acted)
    assert "remove_folder" in error.message


async def test_what_another_run_deletes_meanwhile_is_fine(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    for number in range(8):
        server.put(f"{number}.txt")

    deleting = (steps.do(delete_files, {**address, "path": "*.txt"}, key=str(number)) for number in range(3))
    told = await asyncio.gather(*deleting)

    assert 8 == sum(each["count"] for each in told)
    assert {} == server.files
