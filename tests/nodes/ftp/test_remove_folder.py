"""Removing folders on a server by FTP."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from activities.nodes.ftp.remove_folder import remove_folder_at
from tests.support.file_servers import Served
from tests.support.steps import StepFailedError, Steps, failure_of


async def test_an_empty_folder_is_removed_and_it_is_fine_if_there_is_none(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    (server.root / "old").mkdir()

    counts = [(await steps.do(remove_folder_at, {**address, "path": "old"}))["count"] for _ in range(2)]

    assert [1, 0] == counts


async def test_what_is_in_a_folder_is_removed_only_if_the_step_says_so(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    server.put("old/2019/a")
    server.put("old/b")
    server.put("kept/c")

    error = await failure_of(steps.do(remove_folder_at, {**address, "path": "old"}))
    told = await steps.do(remove_folder_at, {**address, "path": "old", "recursive": True})

    assert ("business", False) == (error.kind, error.acted)
    assert {"count": 4} == told
    assert {"kept/c": b""} == server.files


async def test_links_lead_nobody_to_remove_what_is_elsewhere(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    server.put("kept/a")
    (server.root / "old").mkdir()
    (server.root / "old" / "link").symlink_to(server.root / "kept")
    (server.root / "shortcut").symlink_to(server.root / "kept")

    await failure_of(steps.do(remove_folder_at, {**address, "path": "shortcut", "recursive": True}))
    with suppress(StepFailedError):
        await steps.do(remove_folder_at, {**address, "path": "old", "recursive": True})

    assert b"" == server.files["kept/a"]
