"""A robot that is cut off stops acting before its run goes on elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from temporalio.client import Client, WorkflowUpdateFailedError

from activities.drivers.playwright.session import PageSession
from activities.lease import now
from activities.sessions.target import Target
from tests.support.eventually import eventually
from tests.support.inn import Inn, Travel, inn
from tests.support.journey import Journey
from tests.support.line import Line, line_to
from tests.support.pages import Site, running_site
from tests.support.pending import begun
from tests.support.server import connect
from workers.server import ServerConfig
from workflows.errors import SessionLostError

SILENCE = 7.5
"""Seconds after which the server takes the robot for lost; it must have stopped after four fifths of them."""
PATIENCE = timedelta(seconds=SILENCE * 4 / 5)


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as served:
        served.page(
            "/",
            "<button disabled onclick=\"fetch('/paid', {method: 'POST'})\">Pay</button>"
            "<script>setTimeout(() => document.querySelector('button').disabled = false, 60_000)</script>",
        )
        yield served


@pytest.fixture
async def line(server: ServerConfig) -> AsyncIterator[Line]:
    async with line_to(server) as line:
        yield line
        line.mend()


@pytest.fixture
async def robot(client: Client, line: Line, payloads: Path, tmp_path: Path) -> AsyncIterator[Inn]:
    """A robot at the far end of the line, for journeys that begin at this one."""
    remote = await connect(line.server, payloads)
    async with inn(client, tmp_path, remote=remote) as kept:
        yield kept
        line.mend()


async def arrive(robot: Inn, site: Site) -> tuple[Travel, PageSession]:
    """Be on a page with a button that cannot be pressed yet."""
    run = await robot.arrive(silence=SILENCE)
    await run.execute_update(Journey.step, args=["browser.open", {"url": site.url()}])
    [session] = robot.host.sessions
    return run, robot.host.find(session)


async def pay(run: Travel) -> None:
    await run.execute_update(Journey.step, args=["browser.click", {"target": "button"}])


async def test_a_step_under_way_is_aborted_before_the_server_gives_up(robot: Inn, line: Line, site: Site) -> None:
    run, session = await arrive(robot, site)
    paying = asyncio.create_task(pay(run))
    await begun(run, "browser.click")

    line.cut()
    cut = now()
    reason = await asyncio.wait_for(session.loss, 90)
    lasted = session.lease.until - cut
    await eventually(lambda: robot.keeper.sessions == ())
    line.mend()
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await paying

    assert "no word from Temporal for 6 s" in reason
    assert lasted < PATIENCE.total_seconds()
    assert "SessionLostError: the browser session is lost" in str(caught.value.cause.__cause__)
    assert [] == site.posts()


async def test_a_session_goes_on_when_the_server_is_back_in_time(robot: Inn, line: Line, site: Site) -> None:
    run, session = await arrive(robot, site)
    first = now()

    line.cut()
    await eventually(lambda: line.kept > 0)
    line.mend()
    await eventually(lambda: now() - first > PATIENCE.total_seconds())

    assert session.lost_because is None
    await run.execute_update(Journey.step, args=["browser.read", {"target": "button"}])


async def test_a_session_that_waits_for_its_run_is_given_up_when_the_server_is_silent(
    robot: Inn, line: Line, site: Site
) -> None:
    run, session = await arrive(robot, site)
    with capture_logs() as logs:
        await run.signal(Journey.move, False)  # noqa: FBT003 - a signal's arguments come by position
        await eventually(lambda: "session.lingering" in [entry["event"] for entry in logs])

    line.cut()
    reason = await asyncio.wait_for(session.loss, 90)

    assert "no word from Temporal" in reason


async def test_a_robot_that_was_frozen_does_not_act_with_an_old_lease(robot: Inn, site: Site) -> None:
    """Timers of a process that wakes up are late; whoever is about to act looks for itself."""
    _, session = await arrive(robot, site)
    page = robot.host.page(session.id, timeout=timedelta(seconds=30))
    session.lease.renew(since=now() - SILENCE, patience=PATIENCE)

    with pytest.raises(SessionLostError) as caught:
        await page.read(Target(css="button"), None)

    assert not caught.value.acted
