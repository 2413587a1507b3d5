from __future__ import annotations

import os
from pathlib import Path

import pytest

from activities.private import private_directory

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_what_is_made_on_the_way_is_for_the_owner_alone(tmp_path: Path) -> None:
    made = private_directory(tmp_path / "state" / "artifacts")

    assert [0o700, 0o700] == [rights(made), rights(made.parent)]


def test_what_people_share_stays_shared(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o775)

    private_directory(shared)

    assert 0o775 == rights(shared)
