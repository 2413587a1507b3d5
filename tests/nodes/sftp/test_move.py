"""Moving files on a server by SFTP."""

from __future__ import annotations

import asyncio
from typing import Any

from activities.nodes.sftp.move import move_file
from tests.support.file_servers import Served
from tests.support.steps import Steps, failure_of


async def test_files_and_folders_get_another_path(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    server.put("out/a.csv", "a")
    server.put("done/x")

    told = await steps.do(move_file, {**address, "path": "out/a.csv", "to": "done/"})
    await steps.do(move_file, {**address, "path": "done", "to": "kept"})

    assert {"path": "done/a.csv"} == told
    assert {"kept/a.csv": b"a", "kept/x": b""} == server.files


async def test_what_is_there_is_replaced_only_if_the_step_says_so(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    server.put("a", "new")
    server.put("b", "old")

    error = await failure_of(steps.do(move_file, {**address, "path": "a", "to": "b"}))
    await steps.do(move_file, {**address, "path": "a", "to": "b", "overwrite": True})

    assert ("business", False) == (error.kind, error.acted)
    assert {"b": b"new"} == server.files


async def test_a_later_attempt_finds_what_an_earlier_one_did(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    server.put("b", "moved before the robot vanished")
    params = {**address, "path": "a", "to": "b"}

    first = await failure_of(steps.do(move_file, params))

    assert "business" == first.kind
    assert {"path": "b"} == await steps.do(move_file, params, attempt=2)


async def test_no_attempt_takes_the_move_of_another_run_for_its_own(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    server.put("a.txt", "a")
    params = {**address, "path": "a.txt", "to": "b.txt"}

    moving = (failure_of(steps.do(move_file, params, key=f"run-{number}")) for number in range(4))
    failures = await asyncio.gather(*moving, return_exceptions=True)

    assert ["business"] * 3 == [each.kind for each in failures if not isinstance(each, BaseException)]
