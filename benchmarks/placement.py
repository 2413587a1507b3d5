"""How fast sessions are placed: by the pure function alone, and by a pool on a real server.

Run `python -m benchmarks.placement`. The first part has 50 robots and 2,000 requests that wait; each session is given
back at once, and what is measured is the processor time from there to the next grant. The second part has as many
robots, and runs that do nothing but ask for a session and give it back: one after the other, then all at once.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

from tests.support.platforms import serving
from tests.support.pools import Desk, entry_of, request_of
from tests.support.server import temporal_server
from workers.plugin import AetherPlugin
from workers.pooling import overview, start_pool
from workflows.fleet import (
    DELAYED_SIGNAL,
    PLACED_SIGNAL,
    REQUEST_SIGNAL,
    RETURNED_SIGNAL,
    ROBOT_SIGNAL,
    Affinity,
    Delay,
    LeaseRequest,
    LeaseReturn,
    Placement,
)
from workflows.ids import pool_workflow
from workflows.placing import place, requested, returned

ROBOTS = 50
REQUESTS = 2000
NODES = {f"browser.node{number}": "0123456789ab" for number in range(100)}

ONE_BY_ONE = 50
AT_ONCE = 500
QUEUE = "placement"
ENVIRONMENT = "benchmark"


@dataclass(frozen=True)
class Crowd:
    """How unlike the requests are that wait."""

    name: str
    documents: int
    tenants: int
    priorities: int
    affinity: Affinity

    def requests(self) -> Sequence[LeaseRequest]:
        """All of them."""
        return [
            request_of(
                f"w{number}",
                *(("sap",) if number % 3 == 0 else ()),
                document=f"d{number % self.documents}",
                tenant=f"t{number % self.tenants}",
                priority=number % self.priorities,
                affinity=self.affinity,
                limits={"licence": ROBOTS} if number % 5 == 0 else {},
                nodes={name: NODES[name] for name in list(NODES)[number % self.documents % 90 :][:10]},
            )
            for number in range(REQUESTS)
        ]


CROWDS = (
    Crowd("all alike", documents=1, tenants=1, priorities=1, affinity="none"),
    Crowd("20 documents, 5 tenants", documents=20, tenants=5, priorities=3, affinity="none"),
    Crowd("no two alike", documents=200, tenants=20, priorities=20, affinity="soft"),
)


def milliseconds_per_grant(crowd: Crowd) -> list[float]:
    """Give each session back at once, and place the next."""
    desk = Desk()
    desk.robots(*(entry_of(f"r{number}", *(("sap",) if number % 2 else ()), nodes=NODES) for number in range(ROBOTS)))
    state, now = desk.state, desk.now
    for request in crowd.requests():
        state, _ = requested(state, request, now)
    state = place(state, now).state
    held, costs = deque(state.leases), []
    while held:
        now += 0.01
        began = time.process_time()
        placed = place(returned(state, LeaseReturn(id=held.popleft()), now), now)
        costs.append((time.process_time() - began) * 1000)
        state = placed.state
        held += [word.said.id for word in placed.grants if isinstance(word.said, Placement)]
    return costs


@workflow.defn(name="placement.run")
class Visitor:
    """A run that wants a session and nothing else."""

    def __init__(self) -> None:
        self._placed = False

    @workflow.run
    async def run(self) -> float:
        """Ask, wait, give back; tell how long it took, in seconds."""
        info = workflow.info()
        pool = workflow.get_external_workflow_handle(pool_workflow(ENVIRONMENT))
        began = workflow.time()
        name = info.run_id
        await pool.signal(REQUEST_SIGNAL, request_of(name, run=info.workflow_id, first_run_id=name))
        await workflow.wait_condition(lambda: self._placed)
        took = workflow.time() - began
        await pool.signal(RETURNED_SIGNAL, LeaseReturn(id=name))
        return took

    @workflow.signal(name=PLACED_SIGNAL)
    def placed(self, _said: Placement) -> None:
        """It is there."""
        self._placed = True

    @workflow.signal(name=DELAYED_SIGNAL)
    def delayed(self, _said: Delay) -> None:
        """It takes a while."""


async def visit(client: Client, number: int) -> float:
    """Have one run."""
    took: float = await client.execute_workflow(Visitor.run, id=f"visit/{number}", task_queue=QUEUE)
    return took


@dataclass(frozen=True)
class Figures:
    """What was measured on a server."""

    alone: Sequence[float]
    """Seconds from request to grant, one run at a time."""
    rate: float
    """Runs per second, all at once."""
    ours: float
    """Seconds of processor time per run, of the pool, the runs, and who starts them."""
    servers: float
    """The same of Temporal's server."""


async def on_a_server() -> Figures:
    """Have runs on a real server."""
    with tempfile.TemporaryDirectory() as directory:
        async with temporal_server(Path(directory)) as server:
            plugin = AetherPlugin(payloads=Path(directory, "payloads"))
            client = await Client.connect(server.address, plugins=[plugin])
            async with serving(client), Worker(client, task_queue=QUEUE, workflows=[Visitor]):
                await start_pool(client, ENVIRONMENT)
                pool = client.get_workflow_handle(pool_workflow(ENVIRONMENT))
                for number in range(ROBOTS):
                    await pool.signal(ROBOT_SIGNAL, entry_of(f"r{number}", environment=ENVIRONMENT, nodes=NODES))
                while len((await overview(client, ENVIRONMENT)).robots) < ROBOTS:  # noqa: ASYNC110 - only it can tell
                    await asyncio.sleep(0.1)
                alone = [await visit(client, number) for number in range(ONE_BY_ONE)]
                began, ours, servers = time.perf_counter(), time.process_time(), _of_children()
                await asyncio.gather(*(visit(client, ONE_BY_ONE + number) for number in range(AT_ONCE)))
                return Figures(
                    alone,
                    rate=AT_ONCE / (time.perf_counter() - began),
                    ours=(time.process_time() - ours) / AT_ONCE,
                    servers=(_of_children() - servers) / AT_ONCE,
                )


def _of_children() -> float:
    """Seconds of processor time of the processes that this one has started."""
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return sum(each.user + each.system for each in times)


def percentile(values: Sequence[float], percent: int) -> float:
    """The value that so many are no greater than."""
    return statistics.quantiles(values, n=100)[percent - 1]


def main() -> None:
    """Measure, and print two tables."""
    sys.stdout.write(f"{'place, ms per grant':<30}{'mean':>10}{'p95':>10}{'grants/s':>12}\n")
    for crowd in CROWDS:
        costs = milliseconds_per_grant(crowd)
        mean = statistics.mean(costs)
        sys.stdout.write(f"{crowd.name:<30}{mean:>10.2f}{percentile(costs, 95):>10.2f}{1000 / mean:>12.0f}\n")
    found = asyncio.run(on_a_server())
    middle, late = (percentile(found.alone, percent) * 1000 for percent in (50, 95))
    sys.stdout.write(f"\nrequest to grant, one run at a time: p50 {middle:.0f} ms, p95 {late:.0f} ms\n")
    sys.stdout.write(
        f"{AT_ONCE} runs at once: {found.rate:.0f} per second; processor time per run: "
        f"server {found.servers * 1000:.0f} ms, everything else {found.ours * 1000:.0f} ms\n"
    )


if __name__ == "__main__":
    main()
