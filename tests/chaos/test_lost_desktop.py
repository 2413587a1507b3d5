"""A robot dies in the middle of work on a desktop."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from tests.support.desktops import needs
from tests.support.robots import Fleet, fleet, reached
from workers.server import ServerConfig
from workflows.answers import EVENT_SIGNAL, EventMessage

pytestmark = needs("mousepad")

TEXT: dict[str, Any] = {"control_type": "Edit"}


@pytest.fixture
async def robots(robots_client: Client, server: ServerConfig, tmp_path: Path, payloads: Path) -> AsyncIterator[Fleet]:
    async with fleet(robots_client, server, tmp_path, payloads) as kept:
        yield kept


async def test_a_robot_that_is_back_goes_on_in_the_very_same_window(robots: Fleet) -> None:
    """Keys were pressed: on a new desktop that could not be had again."""
    await robots.add("only", capabilities=("desktop",))
    run = await robots.start(
        [
            {"do": "desktop.launch", "with": {"program": "mousepad", "app": "notes"}},
            {"do": "desktop.type", "with": {"target": TEXT, "text": "4711"}},
            {"id": "pause", "receive": "go on"},
            {"id": "text", "do": "desktop.read", "with": {"target": TEXT, "app": "notes"}},
        ],
        {"text": "${{ text.text }}"},
        needs=[robots.tag],
    )

    await reached(run, "pause", "waiting")
    await robots.kill("only")
    await robots.add("only", capabilities=("desktop",))
    await run.signal(EVENT_SIGNAL, EventMessage(event="go on", data=None, id="1"))

    assert {"text": "4711"} == (await run.result()).outputs
