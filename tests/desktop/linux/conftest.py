"""What is tried here needs real programs on a desktop of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.desktops import needs
from tests.support.stage import Stage

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what cannot be had."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(needs("gnome-calculator", "mousepad", "speedcrunch", "zenity", "localc"))


@pytest.fixture
def stage(linux_stage: Stage) -> Stage:
    return linux_stage
