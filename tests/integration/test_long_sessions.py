"""A long run with a browser: its executions come and go, its page stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from tests.support.pages import Site, running_site
from tests.support.robots import Fleet, fleet
from workers.server import ServerConfig
from workflows.run import Run

FIELD = {"label": "Number"}


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as served:
        served.page("/form", "<label>Number <input></label>")
        yield served


@pytest.fixture
async def robots(robots_client: Client, server: ServerConfig, tmp_path: Path, payloads: Path) -> AsyncIterator[Fleet]:
    async with fleet(robots_client, server, tmp_path, payloads) as kept:
        yield kept


async def test_a_run_stays_in_its_page_over_many_executions(
    robots_client: Client, robots: Fleet, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The robot has one place, and the page is loaded once: it was kept, not had again."""
    monkeypatch.setattr(Run, "long", 40)
    await robots.add("only", max_sessions=1)
    read = {"id": "seen", "do": "browser.read", "with": {"target": FIELD}}

    run = await robots.start(
        [
            {"do": "browser.open", "with": {"url": site.url("/form")}},
            {"do": "browser.fill", "with": {"target": FIELD, "value": "4711"}},
            {"id": "all", "for_each": "${{ range(30) }}", "as": "i", "do": [read]},
        ],
        {"numbers": "${{ [each.seen.text for each in all.results] }}"},
    )
    result = await run.result()

    executions = [found async for found in robots_client.list_workflows(f"WorkflowId = '{run.id}'")]
    assert {"numbers": ["4711"] * 30} == result.outputs
    assert ["/form"] == [asked.path for asked in site.asked if asked.path != "/favicon.ico"]
    assert len(executions) > 3
