"""A robot dies in the middle of work on a desktop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from tests.support.desktops import needs
from tests.support.robots import PAUSE, Fleet, fleet, go_on, reached
from workers.server import ServerConfig

pytestmark = needs("mousepad")

TEXT: dict[str, Any] = {"control_type": "Edit"}


@pytest.fixture
async def robots(robots_client: Client, server: ServerConfig, tmp_path: Path, payloads: Path) -> AsyncIterator[Fleet]:
    async with fleet(robots_client, server, tmp_path, payloads) as kept:
        yield kept


async def test_a_robot_that_is_back_goes_on_in_the_very_same_window(
    robots: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys were pressed: on a new desktop that could not be had again."""
    robots.wait_for_who_comes_back(monkeypatch)
    await robots.add("only", capabilities=("desktop",))
    run = await robots.start(
        [
            {"do": "desktop.launch", "with": {"program": "mousepad", "app": "notes"}},
            {"do": "desktop.type", "with": {"target": TEXT, "text": "4711"}},
            PAUSE,
            {"id": "text", "do": "desktop.read", "with": {"target": TEXT, "app": "notes"}},
        ],
        {"text": "${{ text.text }}"},
        needs=[robots.tag],
    )

    await reached(run, "pause", "waiting")
    await robots.kill("only")
    await robots.add("only", capabilities=("desktop",))
    await go_on(run)

    assert {"text": "4711"} == (await run.result()).outputs
