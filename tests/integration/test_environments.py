"""Runs that are started for one of several fleets, and on somebody's behalf."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

from temporalio.client import Client

from tests.support.aether import Aether
from workers.records import read_run
from workers.retrying import Order, renew
from workers.runs import Claim
from workers.server import ServerConfig
from workflows.fleet import POOL
from workflows.ids import pool_workflow

GREET = "aether: 1\nname: greet\nsteps:\n  - set: {greeting: hello}\n"


async def test_a_run_is_started_for_a_fleet_that_is_known_or_on_purpose(
    server: ServerConfig, client: Client, tmp_path: Path, payloads: Path, queue: str
) -> None:
    environ = {"TEMPORAL_ADDRESS": server.address, "AETHER_PAYLOADS": str(payloads), "AETHER_TENANT": "acme"}
    aether = Aether(tmp_path, environ)
    file = aether.write("greet.yaml", GREET)
    name, unknown = f"fleet-{uuid4().hex[:6]}", f"other-{uuid4().hex[:6]}"
    pool = await client.start_workflow(POOL, id=pool_workflow(name), task_queue=queue)

    refused, forced, started = await asyncio.gather(
        aether("start", file, "--env", unknown),
        aether("start", file, "--env", unknown, "--anyway", "-o", "json"),
        aether("start", file, "--env", name, "--priority", "18", "--robot", "r1", "-o", "json"),
    )
    forced_run, run = forced.data["run"], started.data["run"]
    claims = [(await read_run(client, each)).claim for each in (forced_run, run)]
    for each in (forced_run, run):
        await client.get_workflow_handle(each).terminate()
    retried = await renew(client, Order(run=run, at="start", kind="retry", by="ada"))
    inherited = (await read_run(client, retried.run)).claim
    await asyncio.gather(client.get_workflow_handle(retried.run).terminate(), pool.terminate())

    assert 3 == refused.code
    assert f"no robot has ever come to the environment {unknown!r}" in refused.err
    assert unknown == (claims[0].environment if claims[0] else None)
    assert Claim(name, 18, "acme", "r1") == claims[1] == inherited
