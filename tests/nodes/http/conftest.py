"""What tests of web nodes share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from activities.drivers.http import HttpDriver
from tests.support.steps import Steps
from tests.support.web import Web, web


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    """A web server of the test's own."""
    async with web() as served:
        yield served


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    """One run's steps, with the web."""
    return Steps(tmp_path, HttpDriver().provider(), secrets={"token": "hunter22-token"})
