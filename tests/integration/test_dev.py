"""The dev stack with real processes."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from temporalio.client import Client, WorkflowHandle

from activities.catalog import Catalog
from tests.support.echo import ECHO, Count
from tests.support.eventually import eventually
from tests.support.server import server_config
from workers.client import connect
from workers.connection import Connection
from workers.dev import Stack, stack
from workers.lock import StateInUseError
from workers.places import attach
from workers.ports import PortBusyError
from workers.server import ServerConfig
from workers.settings import Settings
from workflows.compile import compile_plan
from workflows.ids import ORCHESTRATOR_QUEUE
from workflows.parse import parse
from workflows.start import RunInput, RunResult


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.located(tmp_path / "state")


@pytest.fixture
def config() -> ServerConfig:
    return server_config()


@pytest.fixture
async def running(settings: Settings, config: ServerConfig) -> AsyncIterator[Stack]:
    async with stack(settings, config=config, parts=[ECHO]) as started:
        yield started


def pids(running: Stack) -> list[int]:
    return [child.process.pid for child in running.children if child.process]


async def start(client: Client, rounds: int, name: str) -> WorkflowHandle[Count, int]:
    patience = timedelta(seconds=2)
    return await client.start_workflow(Count.run, rounds, id=name, task_queue=ORCHESTRATOR_QUEUE, task_timeout=patience)


async def test_a_stack_serves_and_leaves_no_process(settings: Settings, config: ServerConfig) -> None:
    async with stack(settings, config=config, parts=[ECHO]) as running:
        client = await connect(running.settings)
        result = await (await start(client, 1, "first")).result()
        started = pids(running)

    assert 1 == result
    assert [] == [pid for pid in started if psutil.pid_exists(pid)]
    assert (settings.state / "logs" / "temporal.log").exists()


@pytest.mark.parametrize("victim", [0, 1], ids=["server", "orchestrator"])
async def test_a_run_survives_the_loss_of_a_process(running: Stack, victim: int) -> None:
    client = await connect(running.settings)
    run = await start(client, 20, "survivor")

    os.kill(pids(running)[victim], signal.SIGKILL)

    assert 20 == await run.result()


async def test_runs_go_on_in_the_next_stack_when_one_was_killed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with supervisor(state) as (process, children, address):
        client = await connect(Settings.located(state, temporal=Connection(address=address)))
        await start(client, 20, "lasting")

        process.kill()

        await eventually(lambda: not any(alive(pid) for pid in children))

    async with stack(Settings.located(state), config=server_config(), parts=[ECHO]) as second:
        client = await connect(second.settings)
        assert 20 == await client.get_workflow_handle("lasting").result()


async def test_a_client_started_elsewhere_finds_the_files_of_the_stack(running: Stack, tmp_path: Path) -> None:
    elsewhere = Settings.located(tmp_path / "elsewhere", temporal=running.settings.temporal)

    adopted, _ = await attach(elsewhere)

    assert running.settings.artifacts == adopted.artifacts
    assert running.settings.payloads == adopted.payloads
    assert running.settings.web_ui == adopted.web_ui
    assert "the server" == adopted.source("payloads")


async def test_a_second_stack_in_the_same_state_directory_is_refused(running: Stack) -> None:
    with pytest.raises(StateInUseError, match=f"process {os.getpid()}, with Temporal at {running.address}"):
        async with stack(running.settings, config=server_config(), parts=[ECHO]):
            pass


async def test_a_busy_port_is_refused_and_its_holder_named(running: Stack, tmp_path: Path) -> None:
    busy = server_config()
    port = int(running.address.rpartition(":")[2])
    config = busy.model_copy(update={"server": busy.server.model_copy(update={"port": port})})

    with pytest.raises(PortBusyError, match=rf"port {port} for Temporal is taken by 'temporal' \(process \d+\)"):
        async with stack(Settings.located(tmp_path / "other"), config=config, parts=[ECHO]):
            pass


DOCUMENT = """
aether: 1
name: greet
steps:
  - id: page
    do: browser.open
    with: {url: "data:text/html,<title>Hello</title>"}
  - id: note
    do: files.write
    with: {path: note.txt, content: "${{ page.title }}"}
outputs:
  title: "${{ page.title }}"
"""


async def test_a_document_runs_in_a_stack_as_it_comes(settings: Settings, config: ServerConfig) -> None:
    parsed = parse(DOCUMENT, file="greet.yaml")
    catalog = await asyncio.to_thread(Catalog.discover)
    compiled = compile_plan(parsed.document, catalog.specs())
    assert compiled.plan is not None, compiled.problems

    async with stack(settings, config=config) as running:
        client = await connect(running.settings)
        started = RunInput(plan=compiled.plan, inputs={}, files={})
        run = await client.start_workflow(
            "greet", started, id="greeting", task_queue=ORCHESTRATOR_QUEUE, result_type=RunResult
        )
        result = await run.result()

    assert {"title": "Hello"} == result.outputs
    assert 5 == result.files["note.txt"].size


async def test_a_stack_that_is_asked_to_stop_leaves_no_process(tmp_path: Path) -> None:
    async with supervisor(tmp_path / "state") as (process, children, _):
        process.send_signal(signal.SIGINT)

        assert 0 == await process.wait()
        assert [] == [pid for pid in children if alive(pid)]


@asynccontextmanager
async def supervisor(state: Path) -> AsyncIterator[tuple[Process, list[int], str]]:
    """A stack as a process of its own: the process, its children, its address."""
    command = (sys.executable, "-m", "tests.support.stack", str(state))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
    assert process.stdout
    address, *children = (await process.stdout.readline()).decode().split()
    try:
        yield process, [int(pid) for pid in children], address
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
