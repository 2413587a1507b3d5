"""Parked runs and their browsers: kept, given back, had again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from tests.integration.test_answers import fix
from tests.support.pages import Site, running_site
from tests.support.robots import Fleet, fleet
from tests.support.runs import progress, waiting
from workers.server import ServerConfig
from workflows.answers import FixRequest

FIELD = {"label": "Number"}
MANY = 12


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as served:
        served.page("/form", "<label>Number <input></label>")
        yield served


@pytest.fixture(scope="module")
async def robots(
    robots_client: Client, server: ServerConfig, tmp_path_factory: pytest.TempPathFactory, payloads: Path
) -> AsyncIterator[Fleet]:
    """One robot with two places."""
    async with fleet(robots_client, server, tmp_path_factory.mktemp("fleet"), payloads) as kept:
        await kept.add("only", max_sessions=2)
        yield kept


def enters(site: Site, text: str) -> list[Any]:
    """Steps that enter something into the form."""
    return [
        {"do": "browser.open", "with": {"url": site.url("/form")}},
        {"do": "browser.fill", "with": {"target": FIELD, "value": text}},
    ]


def looks(target: Any) -> dict[str, Any]:
    """A step that reads something of the page, which may not be there."""
    soon = {} if target == FIELD else {"timeout": "1s"}
    return {"id": "seen", "do": "browser.read", "with": {"target": target}, "retry": {"delays": []}, **soon}


async def corrected(robots: Fleet, run: WorkflowHandle[Any, Any], *document: Any, **fields: Any) -> None:
    """Answer a parked step with a corrected document."""
    parked = await waiting(run, "parked")
    plan = await robots.plan(*document, **fields)
    await fix(run, FixRequest(number=parked.number or 0, action="retry", by="ada", plan=plan))


async def starts(run: WorkflowHandle[Any, Any]) -> dict[str, int]:
    """How often each step was begun."""
    return {step.id: step.starts for step in (await progress(run)).steps}


def loads(site: Site) -> int:
    """How often the form was loaded."""
    return sum(asked.path == "/form" for asked in site.asked)


async def test_a_parked_branch_and_one_that_works_keep_their_pages_while_the_run_continues_as_new(
    robots: Fleet, site: Site
) -> None:
    def document(target: Any) -> tuple[list[Any], dict[str, Any]]:
        works = {"id": "all", "for_each": f"${{{{ range({MANY}) }}}}", "do": [looks(FIELD) | {"id": "again"}]}
        branches = {"parks": [*enters(site, "4711"), looks(target)], "works": [*enters(site, "4712"), works]}
        shown = {
            "parked": "${{ both.parks.seen.text }}",
            "worked": "${{ [each.again.text for each in both.works.all.results] }}",
        }
        return [{"id": "both", "parallel": branches}], shown

    run = await robots.start(*document("#amount"), long=40, on_failure="park")
    async with asyncio.timeout(90):
        while (await starts(run))["again"] < MANY or len((await progress(run)).waits) > 1:  # noqa: ASYNC110 - asked for
            await asyncio.sleep(0.1)
    later = (await run.describe()).run_id
    await corrected(robots, run, *document(FIELD), on_failure="park")
    result = await run.result()

    assert run.first_execution_run_id != later
    assert {"parked": "4711", "worked": ["4712"] * MANY} == result.outputs
    assert 2 == loads(site)
    assert (2, MANY) == ((counts := await starts(run))["seen"], counts["again"])


async def test_a_parked_run_gives_its_place_to_another_and_has_its_page_again_when_it_goes_on(
    robots: Fleet, site: Site
) -> None:
    parks: dict[str, Any] = {"on_failure": "park", "park": {"hold": "300ms"}}
    shown = {"seen": "${{ seen.text }}"}
    runs = [await robots.start([*enters(site, f"47{n}"), looks("#amount")], shown, **parks) for n in (11, 12)]
    for run in runs:
        await waiting(run, "parked")

    other = await robots.start([*enters(site, "4713"), looks(FIELD)], shown)
    between = (await other.result()).outputs
    for n, run in zip((11, 12), runs, strict=True):
        await corrected(robots, run, [*enters(site, f"47{n}"), looks(FIELD)], shown, **parks)

    assert {"seen": "4713"} == between
    assert [{"seen": "4711"}, {"seen": "4712"}] == [(await run.result()).outputs for run in runs]
    assert 5 == loads(site)
