from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from activities.drivers.playwright.host import BrowserHost, BrowserSettings
from tests.support.browser import Desk, Folder
from tests.support.pages import Site, running_site


@pytest.fixture(scope="session")
async def host() -> AsyncIterator[BrowserHost]:
    async with BrowserHost(BrowserSettings(max_sessions=20)) as host:
        yield host


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
async def desk(host: BrowserHost, site: Site, tmp_path: Path) -> AsyncIterator[Desk]:
    """A session of its own for each test."""
    session = uuid4().hex
    await host.open(session)
    yield Desk(host, session, site, Folder(tmp_path))
    await host.close(session)
