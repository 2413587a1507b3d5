"""Two builds of the orchestrator at once, on a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import pytest
from temporalio.api.deployment.v1 import WorkerDeploymentInfo
from temporalio.api.enums.v1 import RoutingConfigUpdateState
from temporalio.api.workflowservice.v1 import DescribeWorkerDeploymentRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from tests.support.aether import Aether
from tests.support.builds import Careful, Dozing
from tests.support.machine import plan_of
from tests.support.runs import robot
from tests.support.server import connect
from workers.builds import NoSuchBuildError, builds, promote, promote_first
from workers.orchestrator import orchestrator
from workers.server import ServerConfig
from workers.settings import OrchestratorSettings
from workflows.call import StepCall
from workflows.run import Run
from workflows.start import RunInput, RunResult

IN_PROGRESS = RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS
HOLD = [{"id": "held", "do": "test.read", "with": {"hold": True}}, {"id": "after", "do": "test.read"}]
READ = [{"id": "only", "do": "test.read"}]

Handle = WorkflowHandle[Any, RunResult]


@dataclass
class Site:
    """An installation that is being upgraded."""

    clients: dict[str, Client]
    deployment: str = field(default_factory=lambda: f"test-{uuid4().hex[:8]}")
    queue: str = field(default_factory=lambda: f"test-{uuid4().hex[:8]}")
    held: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def client(self) -> Client:
        """Of those who start runs."""
        return self.clients["one"]

    def build(
        self, name: Literal["one", "two"], workflow: type, versioning: Literal["pinned", "moving"]
    ) -> AbstractAsyncContextManager[Worker]:
        """An orchestrator of a build."""
        settings = OrchestratorSettings(versioning=versioning, deployment=self.deployment, build=name)
        return orchestrator(self.clients[name], [workflow], queue=self.queue, settings=settings)

    async def current(self, build: str) -> None:
        """Have new runs get a build, and wait until every part of the server knows."""
        await promote_first(self.client, self.deployment, build)
        await promote(self.client, self.deployment, build)
        request = DescribeWorkerDeploymentRequest(namespace=self.client.namespace, deployment_name=self.deployment)
        async with asyncio.timeout(90):
            while (await self._deployment(request)).routing_config_update_state == IN_PROGRESS:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def _deployment(self, request: DescribeWorkerDeploymentRequest) -> WorkerDeploymentInfo:
        return (await self.client.workflow_service.describe_worker_deployment(request)).worker_deployment_info

    async def start(self, steps: list[Any]) -> Handle:
        """Start a run."""
        message = RunInput(plan=plan_of(steps), inputs={}, files={})
        return await self.client.start_workflow(
            "test", message, id=f"test/{uuid4().hex[:8]}", task_queue=self.queue, result_type=RunResult
        )

    async def hold(self, params: dict[str, Any], _call: StepCall) -> Any:
        """Stay in a step until the test has done what it wants."""
        if params.get("hold"):
            self.held.set()
            await self.released.wait()
        return {}


@pytest.fixture
async def site(server: ServerConfig, payloads: Path) -> AsyncIterator[Site]:
    """Two machines and a robot."""
    site = Site({name: await connect(server, payloads) for name in ("one", "two")})
    async with robot(site.client, {"test.read": site.hold}, []):
        yield site


async def timers(run: Handle) -> int:
    """How often a run slept: builds tell themselves apart by it."""
    return sum(event.HasField("timer_started_event_attributes") for event in (await run.fetch_history()).events)


async def build_of(run: Handle) -> str:
    """The build that made a run's latest decisions."""
    info = (await run.describe()).raw_description.workflow_execution_info.versioning_info
    return info.deployment_version.build_id


async def test_a_pinned_run_ends_on_the_build_it_began_on(site: Site) -> None:
    async with site.build("one", Run, "pinned"), site.build("two", Dozing, "pinned"):
        await site.current("one")
        old = await site.start(HOLD)
        await site.held.wait()
        await site.current("two")
        new = await site.start(READ)
        await new.result()
        site.released.set()
        await old.result()

    assert ("one", 0) == (await build_of(old), await timers(old))
    assert ("two", 1) == (await build_of(new), await timers(new))


async def test_a_moving_run_goes_on_with_the_current_build_by_a_patch(site: Site) -> None:
    async with site.build("one", Run, "moving"):
        await site.current("one")
        old = await site.start(HOLD)
        await site.held.wait()
    async with site.build("two", Careful, "moving"):
        await site.current("two")
        new = await site.start(READ)
        site.released.set()
        await asyncio.gather(old.result(), new.result())

    assert ("two", 0) == (await build_of(old), await timers(old))
    assert ("two", 1) == (await build_of(new), await timers(new))


async def test_the_first_build_of_a_deployment_is_current_and_a_later_one_waits_for_it(site: Site) -> None:
    async with site.build("one", Run, "pinned"), site.build("two", Run, "pinned"):
        first = await promote_first(site.client, site.deployment, "one")
        second = await promote_first(site.client, site.deployment, "two")
        known = await builds(site.client, site.deployment)

    assert (True, False) == (first, second)
    assert {("one", "current"), ("two", "inactive")} == {(build.name, build.status) for build in known}


async def test_a_build_nobody_serves_cannot_be_promoted(site: Site) -> None:
    with pytest.raises(NoSuchBuildError, match="no orchestrator of deployment"):
        await promote(site.client, site.deployment, "three")

    with pytest.raises(NoSuchBuildError, match="has not taken note of build 'three'"):
        await promote_first(site.client, site.deployment, "three", patience=timedelta(0))

    assert () == await builds(site.client, site.deployment)


async def test_builds_are_promoted_from_the_command_line(site: Site, server: ServerConfig, tmp_path: Path) -> None:
    settings = {"AETHER_ORCHESTRATOR_DEPLOYMENT": site.deployment, "AETHER_ORCHESTRATOR_BUILD": "two"}
    aether = Aether(tmp_path, {"TEMPORAL_ADDRESS": server.address, **settings})
    before = await aether("orchestrator", "builds")
    async with site.build("one", Run, "pinned"), site.build("two", Run, "pinned"):
        for build in ("one", "two"):
            await promote_first(site.client, site.deployment, build)
        promoted = await aether("orchestrator", "promote", "-o", "json")
        after = await aether("orchestrator", "builds")
        unknown = await aether("orchestrator", "promote", "three")

    assert "no builds" in before.err
    assert {"build": "two", "status": "current"} == promoted.data
    assert "new runs get it" in after.out
    assert (3, True) == (unknown.code, "aether orchestrator builds" in unknown.err)
