from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.desktops import GTK, needs
from tests.support.screen import Screen, ScreenSteps, running_screen
from tests.support.steps import Steps

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is tested here needs a desktop and the programs on it."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(needs(GTK, "gnome-calculator", "mousepad", "zenity"))


@pytest.fixture(scope="session")
async def screen(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Screen]:
    async with running_screen(tmp_path_factory.mktemp("screen")) as screen:
        yield screen


@pytest.fixture
def steps(screen: Screen, tmp_path: Path) -> Steps:
    """The wrapper robots use, around the desktop."""
    return ScreenSteps(tmp_path, screen.provider(), secrets={"password": "hunter2"})
