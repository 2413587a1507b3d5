"""The dev stack: a Temporal server, an orchestrator and a robot, kept up together."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import psutil
from temporalio.api.enums.v1 import TaskQueueType

from activities.private import private_directory
from workers.client import connect
from workers.connection import Connection
from workers.lock import StateLock, locked
from workers.places import announce
from workers.pollers import wait_for_poller
from workers.ports import claim
from workers.server import FILE, ServerConfig, command, find_executable, load, prepare
from workers.settings import Settings
from workers.signals import on_stop
from workers.supervisor import Child, Program, Report, ignore
from workflows.ids import ORCHESTRATOR_QUEUE, robot_queue

_GRACE = timedelta(seconds=5)
_SLACK = timedelta(seconds=3)
_PATIENCE = timedelta(seconds=75)
"""A robot begins to serve once an orchestrator knows it, and both start at the same time."""
_ROOT = Path(__file__).parent.parent
_LARGEST_LOG = 10_000_000
_OURS = ("TEMPORAL_", "AETHER_")


@dataclass(frozen=True, slots=True)
class Part:
    """A process of ours in the stack."""

    name: str
    module: str
    """Run as `python -m`."""
    queue: Callable[[Settings], str]
    """What it polls once it serves."""
    work: TaskQueueType.ValueType


ORCHESTRATOR = Part(
    "orchestrator",
    "workers.orchestrator",
    lambda _: ORCHESTRATOR_QUEUE,
    TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
)
ROBOT = Part(
    "robot",
    "workers.robot",
    lambda settings: robot_queue(settings.robot_id()),
    TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
)


@dataclass(frozen=True, slots=True)
class Stack:
    """A running dev stack."""

    settings: Settings
    """What its clients need: its address, its Web UI, its directories."""
    children: Sequence[Child]
    """In the order they were started; the server is the first."""
    keepers: Sequence[asyncio.Task[None]]

    @property
    def address(self) -> str:
        """Where clients connect."""
        return self.settings.temporal.address

    async def wait(self) -> None:
        """Wait until some process does not stay up.

        Raises:
            ChildFailedError: which, and its last words.
        """
        done, _ = await asyncio.wait(self.keepers, return_when=asyncio.FIRST_COMPLETED)
        await done.pop()

    def kill(self) -> None:
        """End all processes at once."""
        for child in self.children:
            child.kill()


@asynccontextmanager
async def stack(
    settings: Settings,
    *,
    config: ServerConfig | None = None,
    parts: Sequence[Part] = (ORCHESTRATOR, ROBOT),
    report: Report = ignore,
) -> AsyncIterator[Stack]:
    """Have a dev stack for as long as the block lasts; its state survives in the state directory.

    Raises:
        StateInUseError: another stack works in this state directory.
        PortBusyError: somebody else has the server's port.
        ChildFailedError: a process ends at its start.
    """
    config = (config or load(settings.server_file)).with_namespace(settings.temporal.namespace)
    settings = _settings_of(settings, config)
    for directory in (settings.artifacts, settings.payloads):
        private_directory(directory)
    with locked(settings.state, address=config.address, web_ui=config.web_ui) as lock:
        await _claim_ports(config)
        children: list[Child] = []
        keepers: list[asyncio.Task[None]] = []
        try:
            server = _server(settings, config)
            ours = [_child(part, settings) for part in parts]
            for child in (server, *ours):
                child.report = report
                child.changed = partial(_note, lock, children)
                children.append(child)
            await server.start()
            await announce(await connect(settings), settings)
            await asyncio.gather(*(child.start() for child in ours))
            keepers += [asyncio.create_task(child.keep()) for child in children]
            yield Stack(settings, children, keepers)
        finally:
            await _stop(children, keepers)


async def run(
    settings: Settings,
    *,
    config: ServerConfig | None = None,
    parts: Sequence[Part] = (ORCHESTRATOR, ROBOT),
    report: Report,
    ready: Callable[[Stack], None],
) -> None:
    """Keep a dev stack up until SIGINT or SIGTERM; a second one ends it at once.

    Raises:
        ChildFailedError: some process does not stay up.
    """
    running: list[Stack] = []

    async def serve() -> None:
        async with stack(settings, config=config, parts=parts, report=report) as started:
            running.append(started)
            ready(started)
            await started.wait()

    serving = asyncio.create_task(serve())

    def interrupt() -> None:
        if serving.cancelling():
            for each in running:
                each.kill()
        else:
            report("stopping; once more to stop at once")
            serving.cancel()

    with on_stop(interrupt):
        await asyncio.wait([serving])
    if not serving.cancelled():
        await serving


def _settings_of(settings: Settings, config: ServerConfig) -> Settings:
    """What processes of this stack are told: its server, and a robot that does not make people wait."""
    robot = settings.robot.model_copy(update={"id": settings.robot_id(), "grace": min(settings.robot.grace, _GRACE)})
    connection = Connection(address=config.address, namespace=settings.temporal.namespace)
    return settings.model_copy(update={"temporal": connection, "web_ui": config.web_ui, "robot": robot})


async def _claim_ports(config: ServerConfig) -> None:
    listening = config.server
    remedy = f"stop it, or change {{}} in {FILE}"
    await claim(listening.ip, listening.port, purpose="Temporal", remedy=remedy.format("'server.port'"))
    await claim(listening.ip, listening.ui_port, purpose="its Web UI", remedy=remedy.format("'server.ui_port'"))


def _server(settings: Settings, config: ServerConfig) -> Child:
    arguments = command(
        config,
        executable=find_executable(settings.temporal_cli),
        database=settings.state / "temporal.db",
    )
    program = Program("temporal", arguments, _log(settings, "temporal"), environment({}))
    return Child(program, started=partial(prepare, config))


def _child(part: Part, settings: Settings) -> Child:
    program = Program(
        part.name,
        (sys.executable, "-P", "-m", part.module),
        _log(settings, part.name),
        environment(settings.variables()),
        grace=settings.robot.grace + _SLACK,
    )
    return Child(program, started=partial(_serves, part, settings))


async def _serves(part: Part, settings: Settings) -> None:
    await wait_for_poller(await connect(settings), part.queue(settings), part.work, patience=_PATIENCE)


def environment(own: dict[str, str]) -> dict[str, str]:
    """Our environment, with the settings of the stack in place of those we were started with."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    paths = [str(_ROOT), *inherited.get("PYTHONPATH", "").split(os.pathsep)]
    return inherited | {"PYTHONPATH": os.pathsep.join(filter(None, paths))} | own


def _log(settings: Settings, name: str) -> Path:
    """Where a process writes; what has grown long is put aside."""
    path = settings.state / "logs" / f"{name}.log"
    if path.is_file() and path.stat().st_size > _LARGEST_LOG:
        path.replace(path.with_suffix(".log.1"))
    return path


def _note(lock: StateLock, children: Sequence[Child]) -> None:
    alive = [child.process.pid for child in children if child.process and child.process.returncode is None]
    lock.note({pid: psutil.Process(pid).create_time() for pid in alive if psutil.pid_exists(pid)})


async def _stop(children: Sequence[Child], keepers: Sequence[asyncio.Task[None]]) -> None:
    """End the robot and the orchestrator, then the server they report to."""
    for keeper in keepers:
        keeper.cancel()
    await asyncio.gather(*keepers, return_exceptions=True)
    await asyncio.gather(*(child.stop() for child in children[1:]))
    await asyncio.gather(*(child.stop() for child in children[:1]))
