"""Whole robots as processes of their own, to be killed at will."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.worker import Worker

from activities.catalog import Catalog
from tests.support import platforms
from tests.support.robot import kill, own_tag, robot_settings, serving, start_robot, start_warm_robot
from tests.support.warm import Warm
from workers.server import ServerConfig
from workflows.answers import EVENT_SIGNAL, EventMessage
from workflows.compile import compile_plan
from workflows.document import Document
from workflows.ids import ORCHESTRATOR_QUEUE, PLATFORM_QUEUE, RobotId, robot_workflow
from workflows.plan import Plan
from workflows.progress import PROGRESS_QUERY, RunProgress
from workflows.robot import Robot, RobotState
from workflows.run import Run
from workflows.start import RunInput, RunResult

PAUSE: dict[str, Any] = {"id": "pause", "receive": "go on"}
"""A step at which a run waits for as long as a test needs."""

AWAY = timedelta(minutes=2)
"""How long robots may be away that are started again: longer than a busy machine takes to start one."""

_SHOWN = {"running": {"running", "done"}}
"""What shows that a step has come to a status which may be over before anybody looks."""


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
    away: timedelta | None = None
    """How long its robots may be away, if that is not the usual."""

    def wait_for_who_comes_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have no robot pass for lost that is started again, however long it takes to start."""
        self.away = AWAY
        monkeypatch.setattr("workflows.sessions.HEARTBEAT", AWAY)
        monkeypatch.setattr("workflows.sessions.PICK_UP", AWAY)

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
        if self.away is not None:
            await self._expect(settings.robot_id(), self.away)
        if around or environ:
            self.robots[name] = await start_robot(settings, around=around, environ=environ)
        else:
            self.robots[name] = await start_warm_robot(settings)
        await serving(self.client, settings)
        return self.robots[name]

    async def _expect(self, robot: RobotId, away: timedelta) -> None:
        await self.client.start_workflow(
            Robot.run,
            RobotState(silence=away),
            id=robot_workflow(robot),
            task_queue=PLATFORM_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )

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
    """Wait until a step of a run has a status; one that is running may be done by then."""
    async with asyncio.timeout(120):
        while not await _has(run, step, status):  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.05)


async def go_on(run: WorkflowHandle[Any, Any]) -> None:
    """Have a run go on that has come, or will come, to its pause."""
    await run.signal(EVENT_SIGNAL, EventMessage(event="go on", data=None, id="1"))


async def _has(run: WorkflowHandle[Any, Any], step: str, status: str) -> bool:
    progress = await run.query(PROGRESS_QUERY, result_type=RunProgress)
    return any(part.id == step and part.status in _SHOWN.get(status, {status}) for part in progress.steps)


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
