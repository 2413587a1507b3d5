"""Desktops that tests share, one for each of their processes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.support.stage import Stage, linux, windows_api


@pytest.fixture(scope="session")
async def linux_stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with linux(tmp_path_factory.mktemp("stage")) as stage:
        yield stage


@pytest.fixture
async def windows_stage() -> AsyncIterator[Stage]:
    async with windows_api() as stage:
        yield stage
