"""What goes wrong around a robot while it has a run's page: its line, its disk, its clock, its browser."""

from __future__ import annotations

import asyncio
import os
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from temporalio.client import Client

from tests.support.faults import SmallDisk, clock_off, frozen
from tests.support.line import Line, line_to
from tests.support.pages import Answer, Site, running_site
from tests.support.robots import PAUSE, Fleet, fleet, go_on, reached
from tests.support.runs import waiting
from tests.support.warm import Warm
from workers.server import ServerConfig

pytestmark = pytest.mark.timeout(600)

CUT = float(os.environ.get("CHAOS_CUT", "0"))
"""How many seconds a network is away at least; always until its run has gone on elsewhere: CHAOS_CUT=60."""
LEASE = 15.0
"""Seconds after which a robot that is not heard of is no robot any more."""
NUMBER: dict[str, Any] = {"label": "Number"}
OUTPUTS = {"number": "${{ number.text }}"}
RETRIED = {"delays": ["1s"] * 30, "jitter": 0}


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as served:
        served.page("/", "<label>Number <input></label><button onclick=\"fetch('/', {method: 'POST'})\">Go</button>")
        yield served


@pytest.fixture
async def robots(robots_client: Client, server: ServerConfig, tmp_path: Path, payloads: Path) -> AsyncIterator[Fleet]:
    async with fleet(robots_client, server, tmp_path, payloads) as kept:
        yield kept


@pytest.fixture
async def line(server: ServerConfig) -> AsyncIterator[Line]:
    async with line_to(server) as line:
        yield line


def typing(site: Site, *, timeout: str = "10s", **pause: Any) -> list[Any]:
    """Steps that type something, wait, and read what was typed."""
    return [
        {"do": "browser.open", "with": {"url": site.url()}},
        {"do": "browser.fill", "with": {"target": NUMBER, "value": "4711"}},
        {"id": "pause", **pause} if pause else PAUSE,
        {"id": "number", "do": "browser.read", "with": {"target": NUMBER}, "timeout": timeout, "retry": RETRIED},
    ]


def opened(site: Site) -> int:
    return sum((each.method, each.path) == ("GET", "/") for each in site.asked)


def host(robot: Process | Warm) -> psutil.Process:
    """The process that has a robot's browser, and outlives the robot for a while."""
    [found] = [each for each in psutil.Process(robot.pid).children() if "workers.browser_host" in each.cmdline()]
    return found


def browsers(robot: Process | Warm) -> list[psutil.Process]:
    """What shows a robot's pages, with all its helpers."""
    below = psutil.Process(robot.pid).children(recursive=True)
    return [each for each in below if "chrom" in each.name()]


async def test_a_run_goes_on_elsewhere_when_the_network_is_cut_and_the_robot_works_again_when_it_is_back(
    robots: Fleet, line: Line, site: Site
) -> None:
    await robots.add("first", server=line.server)
    run = await robots.start(typing(site), OUTPUTS)
    await reached(run, "pause", "waiting")
    line.cut()
    await go_on(run)
    began = time.monotonic()
    await robots.add("second")

    elsewhere = await run.result()
    await robots.kill("second")
    await asyncio.sleep(max(0.0, CUT - (time.monotonic() - began)))  # what is asked for is a time
    line.mend()
    again = await robots.start(typing(site), OUTPUTS)
    await go_on(again)
    back = await again.result()

    assert {"number": "4711"} == elsewhere.outputs == back.outputs
    assert 3 == opened(site)


async def test_a_run_waits_out_a_network_that_is_away_where_there_is_no_other_robot(
    robots: Fleet, line: Line, site: Site
) -> None:
    await robots.add("only", server=line.server)
    run = await robots.start([*typing(site), {"do": "browser.click", "with": {"target": "button"}}], OUTPUTS)
    await reached(run, "pause", "waiting")

    line.cut()
    await go_on(run)
    await asyncio.sleep(CUT or LEASE)  # what is asked for is a time
    line.mend()

    assert {"number": "4711"} == (await run.result()).outputs
    assert 1 == len(site.posts())


async def test_clocks_that_are_off_change_nothing(robots: Fleet, site: Site, tmp_path: Path) -> None:
    """Each robot has one of the runs: their leases go by what has passed since, not by what time it is."""
    await robots.add("ahead", environ=clock_off(timedelta(hours=2), tmp_path), max_sessions=1)
    await robots.add("behind", environ=clock_off(-timedelta(hours=2), tmp_path), max_sessions=1)

    runs = [await robots.start(typing(site, wait="15s"), OUTPUTS) for _ in range(2)]
    results = [await run.result() for run in runs]

    assert [{"number": "4711"}] * 2 == [result.outputs for result in results]
    assert 2 == opened(site)


async def test_a_run_waits_until_a_full_disk_has_room_again(robots: Fleet, site: Site, tmp_path: Path) -> None:
    """The robot itself goes on."""
    site.put("/report", Answer(bytes(1_000_000), headers={"Content-Type": "application/octet-stream"}))
    disk = SmallDisk(tmp_path / "artifacts", 8_000_000)
    robot = await robots.add("only", around=disk.around)
    filler = disk.fill(robot.pid)
    report = {"url": site.url("/report"), "save_as": "report.bin"}

    run = await robots.start([{"id": "fetch", "do": "http.request", "with": report, "retry": RETRIED}], {})
    await waiting(run, "retry")
    filler.unlink()
    result = await run.result()

    assert 1_000_000 == result.files["report.bin"].size
    assert robot.returncode is None


async def test_a_run_goes_on_in_another_browser_when_its_own_is_killed(robots: Fleet, site: Site) -> None:
    robot = await robots.add("only")
    run = await robots.start(typing(site), OUTPUTS)
    await reached(run, "pause", "waiting")

    for process in browsers(robot):
        with suppress(psutil.NoSuchProcess):  # it has gone with the first of them
            process.kill()
    await go_on(run)

    assert {"number": "4711"} == (await run.result()).outputs
    assert 2 == opened(site)


async def test_a_browser_that_hangs_for_a_while_costs_a_step_its_time_and_no_more(robots: Fleet, site: Site) -> None:
    robot = await robots.add("only")
    run = await robots.start(typing(site, timeout="3s"), OUTPUTS)
    await reached(run, "pause", "waiting")

    with frozen(*browsers(robot)):
        await go_on(run)
        await waiting(run, "retry")

    assert {"number": "4711"} == (await run.result()).outputs
    assert 1 == opened(site)


async def test_a_run_goes_on_when_the_process_that_has_the_browser_is_killed(robots: Fleet, site: Site) -> None:
    robot = await robots.add("only")
    run = await robots.start(typing(site), OUTPUTS)
    await reached(run, "pause", "waiting")

    host(robot).kill()
    await go_on(run)

    assert {"number": "4711"} == (await run.result()).outputs
    assert robot.returncode is None
