"""Waiting for files on a server by SFTP."""

from __future__ import annotations

import asyncio
from typing import Any

from activities.nodes.sftp.wait_file import wait_for_file
from tests.support.file_servers import Served
from tests.support.steps import Steps, failure_of

QUICK = {"within": "25s", "every": "20ms"}


async def test_a_file_counts_once_it_does_not_grow_any_more(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    growing = server.put("out/a.csv", "1")
    waiting = asyncio.create_task(
        steps.do(wait_for_file, {**address, "path": "out/*.csv", "within": "25s", "every": "300ms"})
    )
    await asyncio.sleep(0.1)
    growing.write_text("12")

    told = await waiting

    assert [("out/a.csv", 2)] == [(each["path"], each["size"]) for each in told["files"]]


async def test_a_file_that_comes_later_is_waited_for(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    waiting = asyncio.create_task(steps.do(wait_for_file, {**address, "path": "late.csv", **QUICK}))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    server.put("late.csv", "1")

    assert 1 == (await waiting)["count"]


async def test_a_file_that_does_not_come_is_a_case_for_people(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    del server  # it has nothing

    error = await failure_of(
        steps.do(wait_for_file, {**address, "path": "never.csv", "within": "100ms", "every": "20ms"})
    )

    assert ("EventExpiredError", "business", False) == (error.type, error.kind, error.acted)
