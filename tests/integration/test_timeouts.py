"""Steps, blocks and runs that take too long, on a real robot."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from tests.support.pages import Site, running_site
from tests.support.robots import Fleet, fleet
from tests.support.runs import failure, progress
from workers.server import ServerConfig

NEVER = 60.0
"""Seconds a page does not answer: longer than anybody waits here."""


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as served:
        served.page("/slow", "at last", delay=NEVER)
        yield served


@pytest.fixture(scope="module")
async def robots(
    robots_client: Client, server: ServerConfig, tmp_path_factory: pytest.TempPathFactory, payloads: Path
) -> AsyncIterator[Fleet]:
    async with fleet(robots_client, server, tmp_path_factory.mktemp("fleet"), payloads) as kept:
        await kept.add("only")
        yield kept


def hangs(site: Site, **options: Any) -> dict[str, Any]:
    """A step whose page does not answer."""
    return {"id": "slow", "do": "browser.open", "with": {"url": site.url("/slow")}, "retry": {"delays": []}, **options}


async def test_a_step_that_hangs_ends_at_its_timeout_and_is_named(robots: Fleet, site: Site) -> None:
    """Without evidence: looking at a page that hangs takes a little longer."""
    first = {"do": "browser.open", "with": {"url": "about:blank"}}
    run = await robots.start([first, hangs(site, timeout="2s")], {}, evidence="off")

    error = await failure(run)
    (slow,) = (step for step in (await progress(run)).steps if step.id == "slow")

    assert "slow" == error.step
    assert 1 <= slow.seconds < NEVER / 3


async def test_a_block_that_takes_too_long_ends_at_its_timeout_and_is_named(robots: Fleet, site: Site) -> None:
    block = {"id": "enter", "if": True, "timeout": "2s", "then": [hangs(site)]}

    error = await failure(await robots.start([block], {}))

    assert ("BlockTimeoutError", "enter") == (error.type, error.step)
    assert "'enter'" in error.message
    assert "2s" in error.message


async def test_a_run_that_takes_too_long_ends_at_its_timeout(robots: Fleet, site: Site) -> None:
    run = await robots.start([hangs(site)], {}, timeout="2s")

    error = await failure(run)

    assert "RunTimeoutError" == error.type
    assert "2s" in error.message
