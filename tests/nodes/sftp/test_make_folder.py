"""Making folders on a server by SFTP."""

from __future__ import annotations

from typing import Any

from activities.nodes.sftp.make_folder import make_folder_at
from tests.support.file_servers import Served
from tests.support.steps import Steps, failure_of


async def test_a_folder_is_made_with_those_it_is_in(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    params = {**address, "path": "archive/2026/Mai"}

    made = [await steps.do(make_folder_at, params), await steps.do(make_folder_at, params)]

    assert [{"made": True}, {"made": False}] == made
    assert (server.root / "archive" / "2026" / "Mai").is_dir()


async def test_a_file_in_its_place_is_an_error(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    server.put("archive")

    error = await failure_of(steps.do(make_folder_at, {**address, "path": "archive"}))

    assert ("business", False) == (error.kind, error.acted)
