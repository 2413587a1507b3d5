"""Whole robots as processes of their own, to be killed at will."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from activities.catalog import Catalog
from tests.support import platforms
from tests.support.robot import kill, own_tag, robot_settings, serving, start_robot, start_warm_robot
from tests.support.warm import Warm
from workers.server import ServerConfig
from workflows.compile import compile_plan
from workflows.document import Document
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.plan import Plan
from workflows.progress import PROGRESS_QUERY, RunProgress
from workflows.run import Run
from workflows.start import RunInput, RunResult


@dataclass
class Fleet:
    """Robots of one installation, and the runs they work on."""

    client: Client
    server: ServerConfig
    directory: Path
    payloads: Path
    tag: str = field(default_factory=own_tag)
    """What only the robots of this fleet have."""
    robots: dict[str, Process | Warm] = field(default_factory=dict)

    async def add(
        self,
        name: str,
        *,
        server: ServerConfig | None = None,
        around: Sequence[str] = (),
        environ: Mapping[str, str] | None = None,
        **robot: Any,
    ) -> Process | Warm:
        """Start a robot, with a line to the server and settings of its own if need be, and wait until it works."""
        settings = robot_settings(
            server or self.server, self.directory, self.payloads, tag=self.tag, name=name, **robot
        )
        if around or environ:
            self.robots[name] = await start_robot(settings, around=around, environ=environ)
        else:
            self.robots[name] = await start_warm_robot(settings)
        await serving(self.client, settings)
        return self.robots[name]

    async def kill(self, name: str) -> None:
        """End a robot as a power cut would."""
        await kill(self.robots.pop(name))

    async def plan(self, steps: list[Any], outputs: dict[str, Any], **fields: Any) -> Plan:
        """Compile a document that needs this fleet."""
        facts = {"aether": 1, "name": "chaos", "needs": ["browser", self.tag], "on_failure": "fail", **fields}
        document = Document.model_validate({**facts, "steps": steps, "outputs": outputs})
        catalog = await asyncio.to_thread(Catalog.discover)
        compiled = compile_plan(document, catalog.specs())
        assert compiled.plan is not None, compiled.problems
        return compiled.plan

    async def start(
        self, steps: list[Any], outputs: dict[str, Any], *, long: int | None = None, **fields: Any
    ) -> WorkflowHandle[Any, RunResult]:
        """Start a run of a document that needs this fleet."""
        plan = await self.plan(steps, outputs, **fields)
        return await self.client.start_workflow(
            "chaos",
            RunInput(plan=plan, inputs={}, files={}, long=long),
            id=f"chaos/{uuid4().hex[:8]}",
            task_queue=ORCHESTRATOR_QUEUE,
            result_type=RunResult,
        )


async def reached(run: WorkflowHandle[Any, Any], step: str, status: str) -> None:
    """Wait until a step of a run has a status."""
    async with asyncio.timeout(30):
        while not await _has(run, step, status):  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.05)


async def _has(run: WorkflowHandle[Any, Any], step: str, status: str) -> bool:
    progress = await run.query(PROGRESS_QUERY, result_type=RunProgress)
    return any(part.id == step and part.status == status for part in progress.steps)


@asynccontextmanager
async def fleet(client: Client, server: ServerConfig, directory: Path, payloads: Path) -> AsyncIterator[Fleet]:
    """An orchestrator, and room for robots, which end with the block."""
    kept = Fleet(client, server, directory, payloads)
    try:
        async with Worker(client, task_queue=ORCHESTRATOR_QUEUE, workflows=[Run]), platforms.serving(client):
            yield kept
    finally:
        for process in kept.robots.values():
            await kill(process)
