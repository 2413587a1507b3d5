"""Documents run for real: an orchestrator in this process, robots as processes of their own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio.client import Client, WorkflowHandle

from activities.artifacts import LocalArtifactStore
from activities.catalog import Catalog
from activities.drivers.local_secrets import LocalSecrets
from cli.folder import Folder
from tests.support.platforms import serving
from tests.support.robot import working_robot
from tests.support.server import ROBOTS, connect
from tests.support.warm import Warm
from workers.connection import Connection
from workers.orchestrator import orchestrator
from workers.server import ServerConfig
from workers.settings import RobotSettings, Settings
from workflows.compile import compile_plan
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.parse import parse
from workflows.plan import Plan
from workflows.run import Run
from workflows.start import RunInput, RunResult

RunHandle = WorkflowHandle[Any, RunResult]


@dataclass(frozen=True, slots=True)
class Installation:
    """A place where documents run."""

    client: Client
    settings: Settings

    async def start(
        self,
        text: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, Path] | None = None,
        beside: Path = Path(),
        parks: bool = True,
    ) -> RunHandle:
        """Start a document; `files` are the inputs of that type, and in the folder `beside` are others to call."""
        plan = await asyncio.to_thread(plan_of, text, beside)
        plan = plan if parks else plan.model_copy(update={"on_failure": "fail"})
        store = LocalArtifactStore(self.settings.artifacts)
        entries = {path.name: await store.put(path) for path in (files or {}).values()}
        names = {name: path.name for name, path in (files or {}).items()}
        return await self.client.start_workflow(
            plan.name,
            RunInput(plan=plan, inputs={**(inputs or {}), **names}, files=entries, source=text),
            id=f"{plan.name.replace(' ', '-')}/{uuid4().hex[:8]}",
            task_queue=ORCHESTRATOR_QUEUE,
            result_type=RunResult,
        )

    async def fetch(self, result: RunResult, path: str, target: Path) -> Path:
        """Get a file that a run left in its workspace."""
        await LocalArtifactStore(self.settings.artifacts).fetch(result.files[path], target)
        return target

    async def set_secret(self, name: str, value: str) -> None:
        """What `aether secret set` does."""
        secrets = LocalSecrets(self.settings.secrets, self.settings.secrets_key)
        await asyncio.to_thread(secrets.set, name, value)

    @asynccontextmanager
    async def robot(self, name: str) -> AsyncIterator[Warm]:
        """Have a robot at work; it is killed at the end."""
        robot = RobotSettings(id=f"{name}-{uuid4().hex[:6]}", grace="1s")
        settings = self.settings.model_copy(update={"robot": robot})
        async with working_robot(self.client, settings) as process:
            yield process


@asynccontextmanager
async def installation(server: ServerConfig, directory: Path) -> AsyncIterator[Installation]:
    """Have all but robots."""
    connection = Connection(address=server.address, namespace=ROBOTS)
    settings = Settings.located(directory, temporal=connection)
    client = await connect(server, settings.payloads, namespace=ROBOTS)
    async with orchestrator(client, [Run]), serving(client):
        yield Installation(client, settings)


def plan_of(text: str, beside: Path = Path()) -> Plan:
    """Compile a document that must be sound; it may call those that are in the folder."""
    file = str(beside / "document.yaml")
    parsed = parse(text, file=file)
    specs = Catalog.discover().specs()
    compiled = compile_plan(parsed.document, specs, source=parsed.source, library=Folder(file))
    assert compiled.plan is not None, "\n".join(map(str, compiled.problems))
    return compiled.plan
