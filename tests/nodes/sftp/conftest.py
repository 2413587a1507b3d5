"""A real SFTP server, and steps that work with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.sftp import sftp_provider
from tests.support.file_servers import PASSWORD, USER, Served, key_of, sftp_server
from tests.support.steps import Steps


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Served]:
    root = tmp_path / "served"
    root.mkdir()
    async with sftp_server(root) as served:
        yield served


@pytest.fixture
def address(server: Served) -> dict[str, Any]:
    return {
        "host": "127.0.0.1",
        "port": server.port,
        "username": USER,
        "password": PASSWORD,
        "host_key": key_of("host").get_fingerprint(),
    }


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    return Steps(tmp_path, sftp_provider())
