"""What tests of nodes share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.steps import Steps


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    """One run's steps, with its files."""
    return Steps(tmp_path)
