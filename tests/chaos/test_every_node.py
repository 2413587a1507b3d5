"""A flow of thirty nodes comes to the same end wherever its robot is killed.

By default after a few of them; after each of the thirty: `make chaos`.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from tests.support.robots import Fleet, fleet
from tests.support.web import Received, Web, respond, web
from workers.server import ServerConfig

NODES = 30
KILLS = int(os.environ.get("CHAOS_NODES", "2"))
SEED = os.environ.get("CHAOS_SEEDS", "1").split(",")[0]

pytestmark = pytest.mark.timeout(300 + KILLS * 60)


@dataclass
class Ledger:
    """A service that adds up what it is sent, and keeps who sent it."""

    keys: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The idempotency keys of each entry."""
    doomed: set[int] = field(default_factory=set)
    """Entries whose robot is killed as soon as they are answered."""
    kills: asyncio.Queue[int] = field(default_factory=asyncio.Queue)

    async def enter(self, request: Received, writer: asyncio.StreamWriter) -> None:
        """Take an entry."""
        entry = json.loads(request.body)
        self.keys[entry["n"]].append(request.headers["idempotency-key"])
        await respond(
            writer, 200, json.dumps({"sum": entry["sum"] + entry["n"]}).encode(), Content_Type="application/json"
        )
        if entry["n"] in self.doomed:
            self.doomed.discard(entry["n"])
            self.kills.put_nowait(entry["n"])


@pytest.fixture
async def site() -> AsyncIterator[Web]:
    async with web() as served:
        yield served


@pytest.fixture
async def robots(robots_client: Client, server: ServerConfig, tmp_path: Path, payloads: Path) -> AsyncIterator[Fleet]:
    async with fleet(robots_client, server, tmp_path, payloads) as kept:
        yield kept


def flow(site: Web) -> list[Any]:
    """Thirty requests, each of which needs the answer to the one before."""
    steps: list[Any] = [{"set": {"sum": 0}}]
    for n in range(NODES):
        entry = {"n": n, "sum": "${{ sum }}" if n == 0 else f"${{{{ s{n - 1}.json.sum }}}}"}
        request = {"url": site.url("/enter"), "method": "POST", "json": entry, "idempotent": True}
        steps.append({"id": f"s{n}", "do": "http.request", "with": request})
    return steps


async def replace_the_killed(robots: Fleet, ledger: Ledger) -> None:
    """Kill the robot whenever one of the doomed entries is answered, and start another."""
    for name in map(str, range(KILLS)):
        await ledger.kills.get()
        await robots.kill(name)
        await robots.add(f"{int(name) + 1}")


async def test_a_flow_comes_to_the_same_end_wherever_its_robot_is_killed(robots: Fleet, site: Web) -> None:
    """Each entry is made once, or again with the same key."""
    doomed = random.Random(SEED).sample(range(NODES), KILLS)  # noqa: S311 - repeatable, not secret
    ledger = Ledger(doomed=set(doomed))
    site.behave("/enter", ledger.enter)
    await robots.add("0")

    killing = asyncio.create_task(replace_the_killed(robots, ledger))
    run = await robots.start(flow(site), {"sum": f"${{{{ s{NODES - 1}.json.sum }}}}"})
    outputs = (await run.result()).outputs
    await killing

    assert {"sum": sum(range(NODES))} == outputs
    assert dict.fromkeys(range(NODES), 1) == {n: len(set(keys)) for n, keys in ledger.keys.items()}
    assert [] == [n for n, keys in ledger.keys.items() if len(keys) > 1 and n not in doomed and n - 1 not in doomed]
