from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from activities.artifacts import LocalArtifactStore
from activities.drivers.playwright.host import BrowserHost, BrowserSettings
from activities.workspace import LocalWorkspace
from tests.support.browser import Desk
from tests.support.doomed import lodging
from tests.support.pages import Site, running_site
from tests.support.steps import Steps
from workers.providers import browser_provider


@pytest.fixture(scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BrowserHost]:
    """With `BROWSER_HOST=process`, the browser lives where it does in the product; inside is faster."""
    outside = os.environ.get("BROWSER_HOST") == "process"
    place = lodging(tmp_path_factory.mktemp("browser")) if outside else None
    async with BrowserHost(BrowserSettings(max_sessions=20), place) as host:
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
    store = LocalArtifactStore(tmp_path / "artifacts")
    async with LocalWorkspace({}, store, scratch=tmp_path) as workspace:
        yield Desk(host, session, site, store, workspace)
    await host.close(session)


@pytest.fixture
def steps(desk: Desk, tmp_path: Path) -> Steps:
    """The wrapper robots use, around the session of the desk."""
    (tmp_path / "steps").mkdir()
    return Steps(tmp_path / "steps", browser_provider(desk.host), secrets={"password": "hunter2"})
