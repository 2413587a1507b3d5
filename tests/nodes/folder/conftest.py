"""Folders that tests share with their steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.drivers.folders import SharedFolder, folders_provider
from tests.support.steps import Steps


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """A folder of the host, `inbox` to steps, with one that steps may only read beside it."""
    for name in ("share", "archive"):
        (tmp_path / name).mkdir()
    return tmp_path / "share"


@pytest.fixture
def steps(tmp_path: Path, share: Path) -> Steps:
    """One run's steps on a robot that shares these folders."""
    archive = SharedFolder(share.with_name("archive"), read_only=True)
    return Steps(tmp_path, folders_provider({"inbox": SharedFolder(share), "archive": archive}))


@pytest.fixture
def gone(share: Path) -> None:
    """Have the share unmounted, so to say."""
    share.rmdir()
