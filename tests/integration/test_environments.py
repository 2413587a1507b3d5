"""Runs that are started for one of several fleets, and on somebody's behalf."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from tests.support.aether import Aether
from tests.support.pools import entry_of
from workers.assignments import assign, assigned, assignments, release
from workers.environments import NoRobotOffersError, NoSuchEnvironmentError, check_capabilities, check_environment
from workers.pooling import overview, start_pool
from workers.records import read_row, start_of
from workers.retrying import Order, renew
from workers.runs import Claim
from workers.server import ServerConfig
from workflows.assignment import Assignment
from workflows.fleet import POOL, ROBOT_SIGNAL
from workflows.ids import DEFAULT_ENVIRONMENT, pool_workflow
from workflows.pool import Pool
from workflows.start import RunInput

GREET = "aether: 1\nname: greet\nsteps:\n  - set: {greeting: hello}\n"


@pytest.fixture
def aether(tmp_path: Path, server: ServerConfig, payloads: Path) -> Aether:
    """The command line of a tenant, in an empty directory."""
    environ = {"TEMPORAL_ADDRESS": server.address, "AETHER_PAYLOADS": str(payloads), "AETHER_TENANT": "acme"}
    return Aether(tmp_path, environ)


async def start_of_run(client: Client, run: str) -> RunInput:
    """What a run was started with."""
    _, description = await read_row(client, run)
    start = await start_of(client, description)
    assert start is not None
    return start


async def claim_of(client: Client, run: str) -> Claim:
    """Whose robots a run gets, and how soon."""
    return Claim.of(await start_of_run(client, run))


async def test_an_environment_that_no_robot_has_come_to_is_refused_by_name(client: Client, queue: str) -> None:
    name = f"fleet-{uuid4().hex[:6]}"
    pool = await client.start_workflow(POOL, id=pool_workflow(name), task_queue=queue)

    await check_environment(client, name)
    await check_environment(client, DEFAULT_ENVIRONMENT)
    with pytest.raises(NoSuchEnvironmentError, match=f"no robot has ever come to the environment 'x{name}'"):
        await check_environment(client, f"x{name}")

    await pool.terminate()


async def test_a_document_is_bound_to_a_robot_and_tags_without_being_edited(aether: Aether, client: Client) -> None:
    name = f"greet-{uuid4().hex[:6]}"
    file = aether.write("greet.yaml", GREET.replace("greet\n", f"{name}\n", 1))

    bound = await aether("assign", name, "--robot", "r7", "--tag", "sap", "--note", "licence", "-o", "json")
    started = await aether("start", file, "-o", "json")
    aside = await aether("start", file, "--robot", "r8", "-o", "json")
    shown = await aether("assign", name)
    cleared = await aether("assign", name, "--clear")
    after = await aether("start", file, "-o", "json")
    again = await aether("assign", name, "--clear")
    runs = [done.data["run"] for done in (started, aside, after)]
    claims = [await start_of_run(client, run) for run in runs]
    for run in runs:
        await client.get_workflow_handle(run).terminate()

    assert [(name, "r7", ["sap"], "licence")] == [
        (each["document"], each["robot"], each["tags"], each["note"]) for each in bound.data
    ]
    assert [("r7", ("sap",)), ("r8", ()), (None, ())] == [(each.robot, each.plan.needs) for each in claims]
    assert ("r7" in shown.out, 0, 2) == (True, cleared.code, again.code)
    assert f"the document {name!r} is not assigned" in again.err


async def test_all_that_is_assigned_is_listed(aether: Aether, client: Client) -> None:
    name = f"greet-{uuid4().hex[:6]}"
    await assign(client, Assignment(document=name, robot="r1", by="ada", at=0.0))
    await assign(client, Assignment(document=name, robot="r2", by="bob", at=1.0))

    async with asyncio.timeout(90):
        while ["r2"] != [each.robot for each in await assignments(client) if each.document == name]:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    done = await aether("assign", "-o", "json")
    await release(client, name, by="ada")

    assert [("r2", "bob")] == [(each["robot"], each["by"]) for each in done.data if each["document"] == name]
    assert await assigned(client, name) is None


async def test_a_run_is_started_for_a_fleet_and_on_somebody_s_behalf_and_so_is_its_retry(
    aether: Aether, client: Client
) -> None:
    file = aether.write("greet.yaml", GREET)
    name = f"fleet-{uuid4().hex[:6]}"

    done = await aether("start", file, "--env", name, "--anyway", "--priority", "18", "--robot", "r1", "-o", "json")
    run = done.data["run"]
    claim = await claim_of(client, run)
    await client.get_workflow_handle(run).terminate()
    retried = await renew(client, Order(run=run, at="start", kind="retry", by="ada"))
    inherited = await claim_of(client, retried.run)
    await client.get_workflow_handle(retried.run).terminate()

    assert Claim(name, 18, "acme", "r1") == claim == inherited


async def test_a_document_that_no_robot_can_do_is_refused_before_it_starts(client: Client, queue: str) -> None:
    name = f"fleet-{uuid4().hex[:6]}"
    async with Worker(client, task_queue=queue, workflows=[Pool]):
        await start_pool(client, name, queue=queue)
        await check_capabilities(client, name, {"sap": ["sap.post"]})
        pool = client.get_workflow_handle(pool_workflow(name))
        await pool.signal(ROBOT_SIGNAL, entry_of("r1", capabilities=("browser", "files"), environment=name))

        await overview(client, name)  # its first answer takes longer than it is waited for
        await check_capabilities(client, name, {"files": ["files.read"], "browser": ["browser.open"]})
        with pytest.raises(NoRobotOffersError, match=r"'sap' is needed by sap.a, sap.post; `aether doctor`"):
            await check_capabilities(client, name, {"files": ["files.read"], "sap": ["sap.post", "sap.a"]})

        await pool.terminate()
    await check_capabilities(client, name, {"sap": ["sap.post"]})
