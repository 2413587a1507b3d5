from __future__ import annotations

import asyncio

from activities.nodes.process import list as list_node
from activities.nodes.process import wait
from tests.nodes.process.conftest import NAME, Begin
from tests.support.steps import Steps, failure_of


async def test_a_program_that_runs_is_waited_for_until_it_is_gone(steps: Steps, begin: Begin) -> None:
    process = begin()

    running = await steps.do(wait.wait, {"name": NAME, "until": "running", "within": "25s"})
    asyncio.get_running_loop().call_later(0.2, process.kill)
    gone = await steps.do(wait.wait, {"name": NAME, "until": "gone", "within": "25s"})

    assert ([process.pid], []) == ([each["pid"] for each in running["processes"]], gone["processes"])


async def test_one_process_is_told_from_others_of_its_name(steps: Steps, begin: Begin) -> None:
    first, _ = begin(), begin()
    listed = await steps.do(list_node.list_processes, {"name": NAME})
    one = {key: listed["processes"][0][key] for key in ("name", "pid", "started")}
    first.kill()

    gone = await steps.do(wait.wait, one | {"until": "gone", "within": "25s"})

    assert ([], first.pid) == (gone["processes"], one["pid"])


async def test_what_does_not_come_about_in_time_is_said(steps: Steps, begin: Begin) -> None:
    process = begin()

    there = await failure_of(steps.do(wait.wait, {"name": NAME, "until": "gone", "within": "0s"}))
    missing = await failure_of(steps.do(wait.wait, {"name": "nowhere", "until": "running", "within": "0s"}))

    assert ["EventExpiredError"] * 2 == [there.type, missing.type]
    assert f"{NAME!r} still runs (process {process.pid}) after 0s" == there.message
    assert "'nowhere' does not run after 0s" == missing.message
