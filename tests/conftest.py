"""What all tests share: one Temporal dev server and one PostgreSQL, a client, a queue nobody else uses."""

from __future__ import annotations

import faulthandler
import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from blockbuster import blockbuster_ctx
from temporalio.client import Client

from tests.support.platforms import serving
from tests.support.postgres import Postgres, postgres
from tests.support.server import ROBOTS, connect, temporal_server
from workers.server import ServerConfig

LONGEST_TEARDOWN = 120.0
"""Seconds."""

TERMINAL = pytest.StashKey[int]()
"""Where standard error leads before pytest captures it."""

# How long an example may take says more of the machine than of the code: the bounds of laws are counted, not timed.
hypothesis.settings.register_profile("aether", hypothesis.settings(deadline=None))
hypothesis.settings.load_profile("aether")


def pytest_configure(config: pytest.Config) -> None:
    """Measure the coverage of tests, and not that of programs they start, which take half as long again with it."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
    config.stash[TERMINAL] = os.dup(2)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """End the process of a test that cannot be ended: its run fails then, says where, and does not wait for ever."""
    faulthandler.dump_traceback_later(LONGEST_TEARDOWN, exit=True, file=item.config.stash[TERMINAL])
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True)
def nothing_blocks() -> Iterator[None]:
    """What robots do must not block their event loop: heartbeats stop, and they pass for dead."""
    with blockbuster_ctx("activities") as guard:
        for function in guard.functions.values():
            function.can_block_in("activities/private.py", "private_directory")  # processes call it while they start
            function.can_block_in("apart/processes.py", {"_end"})  # of a process that was forgotten
            function.can_block_in("station/process.py", {"_entry", "_pids"})  # what Linux says of processes is no file
            function.can_block_in("windows/station.py", {"_began", "_with_children"})  # nor what Windows says
        yield


@pytest.fixture(scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerConfig]:
    """The session's Temporal dev server, in memory, on free ports, with our search attributes and tuning."""
    async with temporal_server(tmp_path_factory.mktemp("temporal")) as config:
        yield config


@pytest.fixture(scope="session")
def payloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session's client and workers keep large payloads."""
    return tmp_path_factory.mktemp("payloads")


@pytest.fixture(scope="session")
async def client(server: ServerConfig, payloads: Path) -> Client:
    """A client with the platform's plugin; workers made with it inherit the plugin."""
    return await connect(server, payloads)


@pytest.fixture(scope="session")
async def robots_client(server: ServerConfig, payloads: Path) -> AsyncIterator[Client]:
    """A client of the namespace for whole robots, where they are known."""
    async with serving(await connect(server, payloads, namespace=ROBOTS)):
        yield await connect(server, payloads, namespace=ROBOTS)


@pytest.fixture(scope="session")
async def postgres_server() -> AsyncIterator[Postgres]:
    """The session's PostgreSQL server."""
    async with postgres() as running:
        yield running


@pytest.fixture
async def database(postgres_server: Postgres) -> AsyncIterator[str]:
    """The name of an empty database of that server."""
    yield "postgres"
    await postgres_server.clear()


@pytest.fixture
def queue() -> str:
    """A task queue nobody else uses."""
    return f"test-{uuid4().hex[:12]}"


def pytest_unconfigure() -> None:
    """Let the SDK's threads see its objects go before the interpreter does: else some exits crash."""
    gc.collect()
