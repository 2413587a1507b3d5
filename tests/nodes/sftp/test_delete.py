"""Deleting files on a server by SFTP."""

from __future__ import annotations

import os
from typing import Any

from activities.nodes.sftp.delete import delete_files
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


async def test_a_file_whose_name_is_no_text_does_not_pass_for_deleted(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    (server.root / os.fsdecode(b"\xff.txt")).write_bytes(b"")

    error = await failure_of(steps.do(delete_files, {**address, "path": "*.txt"}))

    assert ("business", False) == (error.kind, error.acted)
    assert "has no '\ufffd.txt'" in error.message
