"""A run continues as new, and its browser stays as it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from temporalio.client import Client

from tests.support.eventually import eventually
from tests.support.inn import Inn, Travel, inn
from tests.support.journey import Journey
from tests.support.pages import Answer, Site, running_site
from tests.support.pending import Operator, begun

NUMBER = {"target": {"label": "Number"}}


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as served:
        served.put("/in", Answer(b"in", headers={"Content-Type": "text/html", "Set-Cookie": "visitor=ann"}))
        served.page(
            "/form",
            "<label>Number <input></label><p id=who></p>"
            "<script>document.querySelector('#who').textContent = document.cookie</script>",
        )
        yield served


@pytest.fixture
async def robot(client: Client, tmp_path: Path) -> AsyncIterator[Inn]:
    async with inn(client, tmp_path) as kept:
        yield kept


async def sign_in(run: Travel, site: Site) -> None:
    for node, params in (
        ("browser.open", {"url": site.url("/in")}),
        ("browser.goto", {"url": site.url("/form")}),
        ("browser.fill", {**NUMBER, "value": "4711"}),
    ):
        await run.execute_update(Journey.step, args=[node, params])


async def page(run: Travel) -> tuple[str, str]:
    number = await run.execute_update(Journey.step, args=["browser.read", NUMBER])
    who = await run.execute_update(Journey.step, args=["browser.read", {"target": "#who"}])
    return number["text"], who["text"]


async def moved(run: Travel, *, adopting: bool) -> None:
    """Continue as new, and wait until the next execution answers."""
    before = (await run.describe()).run_id
    await run.signal(Journey.move, adopting)
    while before == (await run.describe()).run_id:  # noqa: ASYNC110 - only the server can tell
        await asyncio.sleep(0.02)


async def lingering(logs: list[Any]) -> None:
    await eventually(lambda: any("session.lingering" == line["event"] for line in logs))


async def test_cookies_and_typed_text_survive_every_execution_of_a_run(robot: Inn, site: Site) -> None:
    """There is one place: whoever goes on needs no other."""
    run = await robot.arrive()
    await sign_in(run, site)

    pages = []
    for _ in range(3):
        await moved(run, adopting=True)
        await run.execute_update(Journey.opened)
        pages.append(await page(run))

    assert [("4711", "visitor=ann")] * 3 == pages
    await run.signal(Journey.leave)
    await run.result()
    assert () == robot.host.sessions


async def test_the_next_execution_is_told_by_its_own_id(robot: Inn) -> None:
    run = await robot.arrive()

    await moved(run, adopting=True)

    assert (await run.describe()).run_id == await run.execute_update(Journey.opened)


async def test_steps_work_while_a_session_waits_for_its_run(robot: Inn, site: Site) -> None:
    run = await robot.arrive()
    await sign_in(run, site)

    with capture_logs() as logs:
        await moved(run, adopting=False)
        await lingering(logs)
        between = await page(run)
        await run.signal(Journey.hold)
        await run.execute_update(Journey.opened)

    assert ("4711", "visitor=ann") == between == await page(run)


async def test_a_session_taken_over_early_is_not_closed_by_who_held_it(robot: Inn, site: Site) -> None:
    run = await robot.arrive()
    await sign_in(run, site)

    await run.signal(Journey.hold)
    first = await run.execute_update(Journey.ended, 0)

    assert "done" == first
    assert ("4711", "visitor=ann") == await page(run)


async def test_a_run_that_waits_for_a_place_gets_it_when_the_session_taken_over_ends(robot: Inn) -> None:
    first = await robot.arrive()
    await moved(first, adopting=True)
    await first.execute_update(Journey.opened)
    second = await robot.ask()

    await first.signal(Journey.leave)

    await second.execute_update(Journey.opened)
    assert 1 == len(robot.host.sessions)


async def test_a_session_nobody_takes_over_is_closed_after_a_while(client: Client, tmp_path: Path) -> None:
    async with inn(client, tmp_path, linger=timedelta(seconds=1)) as robot:
        run = await robot.arrive()

        await moved(run, adopting=False)
        await eventually(lambda: robot.host.sessions == ())
        await run.signal(Journey.hold)
        error = await run.execute_update(Journey.ended, 0)

    assert "SessionLostError: the browser session" in error
    assert "this robot does not hold it any more" in error


async def test_a_session_whose_run_was_ended_waits_for_nobody(robot: Inn) -> None:
    run = await robot.arrive()

    with capture_logs() as logs:
        await run.terminate()
        await eventually(lambda: robot.host.sessions == ())

    assert "session.lingering" not in [line["event"] for line in logs]


async def test_a_robot_that_stops_closes_sessions_that_wait_for_their_runs(client: Client, tmp_path: Path) -> None:
    async with inn(client, tmp_path) as robot:
        run = await robot.arrive()
        with capture_logs() as logs:
            await moved(run, adopting=False)
            await lingering(logs)

    assert () == robot.host.sessions == robot.keeper.sessions


async def test_a_session_that_was_paused_in_temporals_tools_is_lost_and_not_begun_anew(
    client: Client, robot: Inn
) -> None:
    """Its run believes to be in the page that ended with the pause."""
    run = await robot.arrive()
    operator = Operator(client, run, await begun(run, "aether.session"))

    await operator.pause()
    await operator.unpause(as_new=True)
    error = await run.execute_update(Journey.ended, 0)

    assert "SessionLostError" in error
    assert () == robot.host.sessions
