"""A real FTP server, and steps that work with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from activities.drivers.ftp import ftp_provider
from tests.support.file_servers import PASSWORD, USER, Served, ftp_server
from tests.support.steps import Steps


@pytest.fixture(params=["new", "old"])
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    """One that tells of its files in the way made for programs, and one that does as Unix does for people."""
    root = tmp_path / "served"
    root.mkdir()
    with ftp_server(root, old=request.param == "old") as served:
        yield served


@pytest.fixture
def address(server: Served) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": server.port, "username": USER, "password": PASSWORD, "tls": "off"}


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    return Steps(tmp_path, ftp_provider())
