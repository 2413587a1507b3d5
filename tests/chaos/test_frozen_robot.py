"""A robot freezes in the middle of a step, its run goes on elsewhere, and then it wakes up."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from temporalio.client import Client

from tests.support.eventually import eventually
from tests.support.line import Line, line_to
from tests.support.pages import Site, running_site
from tests.support.pending import begun
from tests.support.robots import Fleet, fleet
from workers.server import ServerConfig

BUTTON: dict[str, Any] = {"role": "button", "name": "Go"}


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as served:
        served.page(
            "/",
            """
            <button disabled onclick="fetch('/clicked', {method: 'POST'})">Go</button>
            <script>
              fetch('/ready').then(() => { document.querySelector('button').disabled = false; fetch('/enabled') })
            </script>
            """,
        )
        yield served


@pytest.fixture
async def robots(robots_client: Client, server: ServerConfig, tmp_path: Path, payloads: Path) -> AsyncIterator[Fleet]:
    async with fleet(robots_client, server, tmp_path, payloads) as kept:
        yield kept


@pytest.fixture
async def line(server: ServerConfig) -> AsyncIterator[Line]:
    async with line_to(server) as line:
        yield line


def asked(site: Site, path: str) -> int:
    return sum(each.path == path for each in site.asked)


async def test_who_wakes_up_does_not_do_what_another_has_done(robots: Fleet, line: Line, site: Site) -> None:
    """The step may be repeated, so its run does not wait for a person; nobody can tell the robot that wakes up."""
    ready = site.hold("/ready", "now")
    frozen = await robots.add("first", server=line.server, max_sessions=1)  # asks for nothing more meanwhile
    run = await robots.start(
        [
            {"do": "browser.open", "with": {"url": site.url()}},
            {"do": "browser.click", "with": {"target": BUTTON}, "effect": "idempotent", "timeout": "60s"},
        ],
        {},
    )
    await begun(run, "browser.click")
    line.cut()
    frozen.send_signal(signal.SIGSTOP)
    ready.set()
    await eventually(lambda: asked(site, "/enabled") == 1)
    await robots.add("second")
    await run.result()
    before = len(site.posts())
    browser = psutil.Process(frozen.pid).children(recursive=True)
    pages = [each for each in browser if "--type=renderer" in each.cmdline()]

    frozen.send_signal(signal.SIGCONT)
    await eventually(lambda: not any(page.is_running() for page in pages))

    assert 1 == before == len(site.posts())
