"""A run is cancelled in the middle of a long step on a real robot."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import psutil
import pytest
from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import CancelledError

from tests.support.eventually import eventually
from tests.support.pending import begun, ended
from tests.support.quickest import quickest
from tests.support.robots import Fleet, fleet
from tests.support.server import ROBOTS, connect, temporal_server
from workers.server import ServerConfig

PAGE = "data:text/html,<title>Wait</title>"


@pytest.fixture
async def plain_server(tmp_path: Path) -> AsyncIterator[ServerConfig]:
    """A server that tells robots of cancellations only when they ask."""
    async with temporal_server(tmp_path, WorkerCommandsEnabled=False) as config:
        yield config


async def cancel_in_the_middle(robots: Fleet, process: int) -> float:
    """Cancel a run that waits for something on a page, which goes away; the seconds until the step stopped."""
    steps = [
        {"do": "browser.open", "with": {"url": PAGE}},
        {"do": "browser.wait", "with": {"target": "#never"}, "timeout": "60s"},
    ]
    run = await robots.start(steps, {})
    await begun(run, "browser.wait")
    pages = [each for each in psutil.Process(process).children(recursive=True) if "--type=renderer" in each.cmdline()]
    started = time.monotonic()

    await run.cancel()
    await ended(run, "browser.wait")
    seconds = time.monotonic() - started
    with pytest.raises(WorkflowFailureError) as caught:
        await run.result()

    assert isinstance(caught.value.cause, CancelledError)
    await eventually(lambda: not any(page.is_running() for page in pages))
    return seconds


async def test_a_cancelled_run_stops_its_step_within_two_seconds_and_closes_its_page(
    robots_client: Client, server: ServerConfig, tmp_path: Path, payloads: Path
) -> None:
    async with fleet(robots_client, server, tmp_path, payloads) as robots:
        process = (await robots.add("patient")).pid
        seconds = await quickest(partial(cancel_in_the_middle, robots, process), within=2)

    assert seconds < 2


async def test_it_does_so_too_on_a_server_that_tells_nobody(
    plain_server: ServerConfig, tmp_path: Path, payloads: Path
) -> None:
    client = await connect(plain_server, payloads, namespace=ROBOTS)
    async with fleet(client, plain_server, tmp_path, payloads) as robots:
        process = (await robots.add("patient")).pid
        seconds = await quickest(partial(cancel_in_the_middle, robots, process), within=2)

    assert seconds < 2
