"""A robot that was killed is back, and its runs go on in the pages that its browser host has kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError

from tests.support.doomed import FORGOTTEN, LEASE, SESSION, TYPED, begun, killed, lodging, put_up
from tests.support.eventually import eventually
from tests.support.inn import Inn, Travel, inn
from tests.support.journey import Journey, Luggage
from tests.support.pages import Site, running_site
from workflows.call import SessionGrant

NUMBER = {"target": {"label": "Number"}}


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as served:
        put_up(served)
        yield served


async def journey(robot: Inn, lease: int) -> Travel:
    """A run that believes to hold the session with a lease, and has nobody hold it yet."""
    grant = SessionGrant(id=SESSION, robot=robot.name, capability="browser", lease=lease)
    luggage = Luggage(robot=robot.name, grant=grant, adopting=False)
    name = f"journey-{uuid4().hex[:8]}"
    return await robot.client.start_workflow(Journey.run, luggage, id=name, task_queue=robot.name)


async def number(run: Travel) -> str:
    read = await run.execute_update(Journey.step, args=["browser.read", NUMBER])
    return str(read["text"])


async def refusal(run: Travel) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await number(run)
    return str(failed.value.__cause__.__cause__ if failed.value.__cause__ else failed.value)


async def test_a_run_goes_on_in_its_page_when_its_robot_is_back_and_nobody_else_does(
    client: Client, tmp_path: Path, site: Site
) -> None:
    await killed(await begun(tmp_path / "browser", site))
    place, linger = lodging(tmp_path / "browser"), timedelta(seconds=15)

    async with inn(client, tmp_path, lodging=place, linger=linger) as robot:
        assert {SESSION, FORGOTTEN} == {*robot.keeper.sessions}
        old, new = await asyncio.gather(journey(robot, LEASE), journey(robot, LEASE + 1))
        early = await asyncio.gather(refusal(old), refusal(new))

        await new.signal(Journey.hold)
        await new.execute_update(Journey.opened)

        assert all("StaleLeaseError" in each for each in early)
        typed = await number(new)
        assert typed
        assert TYPED.startswith(typed)
        assert "StaleLeaseError" in await refusal(old)
        await old.signal(Journey.hold)
        assert "StaleLeaseError" in await old.execute_update(Journey.ended, 0)
        await eventually(lambda: robot.keeper.sessions == (SESSION,), within=2 * linger)
        await new.signal(Journey.leave)
        await new.result()
        counts = robot.keeper.statistics()

    assert (2, 0, 2) == (counts.places, counts.used, counts.free)
    assert (0, 2, 1, 2, 0) == (counts.opened, counts.recovered, counts.adopted, counts.closed, counts.lost)
    assert [] == site.posts()
