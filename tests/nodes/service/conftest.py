"""What tests of services share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.drivers.system.driver import Allowed, system_provider
from tests.support.steps import Steps
from tests.support.systemd import POSSIBLE, SERVICES, Services, user_services


@pytest.fixture(scope="session")
async def services() -> AsyncIterator[Services]:
    """A systemd of the tests' own."""
    if not POSSIBLE:
        pytest.skip("needs systemd, and root to have one apart from the machine's")
    async with user_services() as begun:
        yield begun


@pytest.fixture
def steps(tmp_path: Path, services: Services, monkeypatch: pytest.MonkeyPatch) -> Steps:
    """Steps of a robot that may touch these services."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(services.runtime))
    return Steps(tmp_path, system_provider(Allowed(services=tuple(SERVICES))))
