"""What tests of reading pictures share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.office import ocr
from tests.support.steps import Steps


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    """One run's steps, with its files and what reads pictures."""
    return Steps(tmp_path, ocr())
