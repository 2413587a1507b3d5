"""Runs that are started for one of several fleets, and on somebody's behalf."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.client import Client

from tests.support.aether import Aether
from workers.environments import NoSuchEnvironmentError, check_environment
from workers.records import read_row, start_of
from workers.retrying import Order, renew
from workers.runs import Claim
from workers.server import ServerConfig
from workflows.fleet import POOL
from workflows.ids import DEFAULT_ENVIRONMENT, pool_workflow

GREET = "aether: 1\nname: greet\nsteps:\n  - set: {greeting: hello}\n"


async def claim_of(client: Client, run: str) -> Claim:
    """Whose robots a run gets, and how soon."""
    _, description = await read_row(client, run)
    start = await start_of(client, description)
    assert start is not None
    return Claim.of(start)


async def test_an_environment_that_no_robot_has_come_to_is_refused_by_name(client: Client, queue: str) -> None:
    name = f"fleet-{uuid4().hex[:6]}"
    pool = await client.start_workflow(POOL, id=pool_workflow(name), task_queue=queue)

    await check_environment(client, name)
    await check_environment(client, DEFAULT_ENVIRONMENT)
    with pytest.raises(NoSuchEnvironmentError, match=f"no robot has ever come to the environment 'x{name}'"):
        await check_environment(client, f"x{name}")

    await pool.terminate()


async def test_a_run_is_started_for_a_fleet_and_on_somebody_s_behalf_and_so_is_its_retry(
    server: ServerConfig, client: Client, tmp_path: Path, payloads: Path
) -> None:
    environ = {"TEMPORAL_ADDRESS": server.address, "AETHER_PAYLOADS": str(payloads), "AETHER_TENANT": "acme"}
    aether = Aether(tmp_path, environ)
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
