"""What a fleet does: how much, how fairly, how soon, at what cost, and how soon after one of its robots was killed.

Run `python -m benchmarks.fleet`, or parts of it: `… soon throughput fair placement idle death`.
Server and orchestrator are processes of their own. It ends by itself, after about ten minutes.

- *throughput*: 2,000 runs for ten tenants on 50 robots: each has a session and does two steps in it. The robots
  register, are present and are placed on as always; they have no browsers, so that the platform is what is measured.
- *fair*: what three tenants get of a small fleet while all of them wait, though one of them wants ten times as much.
- *soon*: on the same fleet at rest, how long from the order of a step to its start, and from the wish for a session to
  having it.
- *idle*: what a whole robot costs that has nothing to do.
- *placement*: how much of the work a robot gets while the other one's processors are busy.
- *death*: a robot is killed (SIGKILL) while its run has a page: how long until the run works in another robot's page,
  and in its own again when its process is started anew.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import structlog
from temporalio.client import Client, WorkflowHandle

from activities.catalog import Catalog
from benchmarks.histories import begun, earliest, is_failed, is_opened, is_placed, waits
from benchmarks.robots import STEP, Fleet, fleet
from tests.support.machine import SPECS
from tests.support.pages import running_site
from tests.support.robot import kill, serving, start_robot
from tests.support.robots import reached
from workers.client import connect
from workers.dev import ORCHESTRATOR, Stack, stack
from workers.pooling import overview
from workers.runs import Claim, start_run
from workers.server import load
from workers.settings import RobotSettings, Settings
from workflows.answers import EVENT_SIGNAL, EventMessage
from workflows.compile import compile_plan
from workflows.document import Document
from workflows.fleet import RobotReport
from workflows.plan import Plan
from workflows.spec import NodeSpec

ROBOTS = 50
RUNS = 2000
TENANTS = 10
AT_ONCE = 100
"""Runs under way at the same time."""
RESTED = 60
"""Runs on the fleet at rest."""
WANTED = {"many": 100, "few": 10, "some": 10}
PLACED = 100
IDLE = 20.0
DEATHS = 5


def document(name: str, steps: Sequence[Any], specs: dict[str, NodeSpec], *tags: str) -> Plan:
    """A plan of some steps in a browser."""
    facts = {"aether": 1, "name": name, "needs": ["browser", *tags], "steps": steps}
    compiled = compile_plan(Document.model_validate(facts), specs)
    if compiled.plan is None:
        raise SystemExit("\n".join(map(str, compiled.problems)))
    return compiled.plan


def short(name: str, seconds: float = STEP) -> Plan:
    """Two steps in a session."""
    return document(name, [{"do": "page.read", "with": {"seconds": seconds}}] * 2, SPECS)


async def started(fleet: Fleet, plan: Plan) -> WorkflowHandle[Any, Any]:
    """A run for the tenant that the document is named after."""
    claim = Claim(environment=fleet.environment, tenant=plan.name)
    run = await start_run(fleet.client, plan, inputs={}, files={}, source="", claim=claim)
    return run.handle


async def throughput(up: Stack, client: Client) -> None:
    """Have many runs for several tenants."""
    plans = [short(f"tenant{number}") for number in range(TENANTS)]
    gate = asyncio.Semaphore(AT_ONCE)
    async with fleet(client, ROBOTS, slots=4) as robots:
        began, before = time.perf_counter(), _processor(up)

        async def one(number: int) -> None:
            async with gate:
                await (await started(robots, plans[number % TENANTS])).result()

        await asyncio.gather(*(one(number) for number in range(RUNS)))
        seconds, after = time.perf_counter() - began, _processor(up)
    told("throughput", [f"{RUNS} runs of 2 steps, {ROBOTS} robots: {RUNS / seconds:.1f} runs per second"])
    for name, spent in after.items():
        told("", [f"  processor time of {name}: {(spent - before[name]) / RUNS * 1000:.0f} ms per run"])
    told("", [f"  sessions per robot: {min(robots.did.values())} to {max(robots.did.values())}"])


def _processor(up: Stack) -> dict[str, float]:
    """Processor time by process, in seconds."""
    processes = {child.program.name: psutil.Process(child.process.pid) for child in up.children if child.process}
    processes[f"{ROBOTS} robots and the starter"] = psutil.Process()
    return {name: sum(process.cpu_times()[:2]) for name, process in processes.items()}


async def fair(client: Client) -> None:
    """Have tenants wait for few robots, and see who is served while all of them wait."""
    async with fleet(client, 2, slots=1) as robots:
        wishes = [tenant for tenant, wanted in WANTED.items() for _ in range(wanted)]
        runs = await asyncio.gather(*(started(robots, short(tenant, 0.1)) for tenant in wishes))
        await asyncio.gather(*(run.result() for run in runs))
    least = min(WANTED, key=lambda tenant: WANTED[tenant])
    last = max(place for place, tenant in enumerate(robots.served) if tenant == least)
    shares = Counter(robots.served[: last + 1])
    told("fair", [f"wanted {WANTED}; served while all waited: {dict(shares)}"])


async def soon(client: Client) -> None:
    """Have one run after the other on a fleet at rest."""
    times: dict[str, list[float]] = defaultdict(list)
    async with fleet(client, ROBOTS, slots=4) as robots:
        plan = short("rested")
        for _ in range(RESTED):
            run = await started(robots, plan)
            await run.result()
            for name, seconds in waits((await run.fetch_history()).events).items():
                times[name] += seconds
    told("soon, on a fleet at rest", [f"{'':<40}{'p50':>8}{'p95':>8} ms"])
    for name, each in times.items():
        ordered = sorted(each)
        p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        told("", [f"  {name:<38}{p50 * 1000:>8.1f}{p95 * 1000:>8.1f}"])


async def idle(up: Stack, client: Client) -> None:
    """Have a whole robot do nothing."""
    async with real_robot(up, client, "idle") as robot:
        process = psutil.Process(robot.pid)
        await asyncio.sleep(5)  # it has just started
        before = process.cpu_times()
        await asyncio.sleep(IDLE)
        after = process.cpu_times()
        spent = after.user + after.system - before.user - before.system
        memory = process.memory_full_info()
    told("idle", [f"processor {spent / IDLE:.1%} of one, memory {memory.pss / 2**20:.0f} MiB (its own share)"])


async def placement(client: Client) -> None:
    """Have two robots, of which one's processors are busy."""
    async with fleet(client, 2, slots=PLACED) as robots:
        loaded, other = robots.attendances
        attendance = robots.attendances[loaded]
        await attendance.report(RobotReport(incarnation=attendance.card.incarnation, load="full"))
        while any(  # noqa: ASYNC110 - the pool tells nobody
            robot.card.robot == loaded and robot.load != "full"
            for robot in (await overview(client, robots.environment)).robots
        ):
            await asyncio.sleep(0.05)
        for _ in range(PLACED // 10):
            runs = [await started(robots, short("placed")) for _ in range(10)]
            await asyncio.gather(*(run.result() for run in runs))
    share = robots.did[other] / robots.did.total()
    told("placement", [f"{share:.0%} of {robots.did.total()} sessions went to the robot that is not busy"])


@asynccontextmanager
async def real_robot(up: Stack, client: Client, name: str, *tags: str) -> AsyncIterator[Process]:
    """A robot with all that belongs to it, until it is killed at the end of the block."""
    settings = up.settings.model_copy(update={"robot": RobotSettings(id=name, tags=tags)})
    process = await start_robot(settings)
    try:
        await serving(client, settings)
        yield process
    finally:
        await kill(process)


async def death(up: Stack, client: Client) -> None:
    """Kill robots with pages."""
    parts: dict[str, dict[str, list[float]]] = {"elsewhere": defaultdict(list), "in the same page": defaultdict(list)}
    catalog = await asyncio.to_thread(Catalog.discover)
    with running_site() as site:
        site.page("/", "<label>Number <input></label>")
        for number in range(DEATHS):
            for where, found in parts.items():
                tag = f"d{number}-{len(where)}"
                plan = document(f"death-{tag}", _page_steps(site.url()), catalog.specs(), tag)
                for name, seconds in (await died(up, client, plan, tag, again=where != "elsewhere")).items():
                    found[name].append(seconds)
    for where, found in parts.items():
        told(f"death, and work goes on {where}", [])
        for name, each in found.items():
            told("", [f"  {name:<30}{statistics.median(each):>7.1f} s   ({min(each):.1f} - {max(each):.1f})"])


def _page_steps(url: str) -> list[Any]:
    number = {"label": "Number"}
    return [
        {"do": "browser.open", "with": {"url": url}},
        {"do": "browser.fill", "with": {"target": number, "value": "4711"}},
        {"id": "pause", "receive": "go"},
        {"id": "number", "do": "browser.read", "with": {"target": number}},
    ]


async def died(up: Stack, client: Client, plan: Plan, tag: str, *, again: bool) -> dict[str, float]:
    """How long after a robot's death its run was where."""
    async with AsyncExitStack() as robots:
        first = await robots.enter_async_context(real_robot(up, client, f"{tag}-a", tag))
        run = (await start_run(client, plan, inputs={}, files={}, source="")).handle
        await reached(run, "pause", "waiting")
        other = f"{tag}-a" if again else f"{tag}-b"
        if not again:
            await robots.enter_async_context(real_robot(up, client, other, tag))
        killed = time.time()
        first.kill()
        await run.signal(EVENT_SIGNAL, EventMessage(event="go"))
        if again:
            await robots.enter_async_context(real_robot(up, client, other, tag))
        await run.result()
        events = (await run.fetch_history()).events
    moments = {
        "known to be gone": earliest(events, is_failed, killed),
        "another one chosen": earliest(events, is_placed, killed),
        "its page there again": earliest(events, is_opened, killed),
    }
    opened = moments["its page there again"]
    moments["the next step begun"] = begun(events, after=opened) if opened is not None else None
    return {name: at - killed for name, at in moments.items() if at is not None}


def told(title: str, lines: Iterable[str]) -> None:
    """Say some lines."""
    sys.stdout.write("".join(f"{line}\n" for line in ([f"\n{title}"] if title else []) + [*lines]))
    sys.stdout.flush()


async def main(wanted: Sequence[str]) -> None:
    """Measure what is wanted, or everything."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:  # what is killed lingers
        settings = Settings.located(Path(directory, "state"), secrets_key=Path(directory, "keys", "secrets.key"))
        async with stack(settings, config=load().on_free_ports(), parts=(ORCHESTRATOR,)) as up:
            client = await connect(up.settings)
            parts: dict[str, Callable[[], Awaitable[None]]] = {
                "soon": lambda: soon(client),
                "throughput": lambda: throughput(up, client),
                "fair": lambda: fair(client),
                "placement": lambda: placement(client),
                "idle": lambda: idle(up, client),
                "death": lambda: death(up, client),
            }
            unknown = set(wanted) - set(parts)
            if unknown:
                raise SystemExit(f"there is no part {min(unknown)!r}; there are {', '.join(parts)}")
            for name in wanted or parts:
                await parts[name]()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1:]))
