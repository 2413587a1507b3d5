"""Uploads to a server by FTP."""

from __future__ import annotations

import asyncio
from typing import Any

from activities.nodes.ftp.upload import upload_files
from tests.support.file_servers import Served
from tests.support.steps import Steps, failure_of


async def test_a_file_is_there_as_a_whole_under_its_name(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    await steps.put("Bestellung.txt", b"4711")
    server.root.joinpath("in").mkdir()

    told = await steps.do(upload_files, {**address, "path": "Bestellung.txt", "to": "in/Grüße.txt"})
    await steps.do(upload_files, {**address, "path": "Bestellung.txt", "to": "in/"})

    assert {"path": "Bestellung.txt", "remote": "in/Grüße.txt", "size": 4} == told["files"][0]
    assert {"in/Bestellung.txt": b"4711", "in/Grüße.txt": b"4711"} == server.files


async def test_many_files_keep_their_places(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    for path in ("a.txt", "sub/b.txt", "c.csv"):
        await steps.put(path, path.encode())

    await steps.do(upload_files, {**address, "path": "**/*.txt", "to": "in", "make_folders": True})

    assert {"in/a.txt": b"a.txt", "in/sub/b.txt": b"sub/b.txt"} == server.files


async def test_a_folder_that_is_not_there_is_made_only_if_the_step_says_so(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    await steps.put("a.txt", b"a")

    error = await failure_of(steps.do(upload_files, {**address, "path": "a.txt", "to": "new/in/a.txt"}))

    assert ("business", False) == (error.kind, error.acted)
    assert "the server has no folder 'new/in'; set 'make_folders: true' to make it" == error.message
    assert {} == server.files


async def test_other_content_is_replaced_only_if_the_step_says_so(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    await steps.put("a.txt", b"new")
    server.put("a.txt", "old")
    params = {**address, "path": "a.txt", "to": "a.txt"}

    error = await failure_of(steps.do(upload_files, params))
    await steps.do(upload_files, {**params, "overwrite": True})

    assert ("business", False) == (error.kind, error.acted)
    assert {"a.txt": b"new"} == server.files


async def test_an_upload_can_be_repeated(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    await steps.put("a.txt", b"same")
    params = {**address, "path": "a.txt", "to": "a.txt"}

    outputs = [await steps.do(upload_files, params), await steps.do(upload_files, params, attempt=2)]

    assert outputs[0] == outputs[1]
    assert {"a.txt": b"same"} == server.files


async def test_runs_at_the_same_time_do_not_mix_their_files(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    contents = {f"{number}.bin": bytes([number]) * 100_000 for number in range(4)}
    for path, content in contents.items():
        await steps.put(path, content)
    params = {**address, "to": "all.bin", "overwrite": True}

    await asyncio.gather(*(steps.do(upload_files, {**params, "path": path}, key=f"run-{path}") for path in contents))

    assert ["all.bin"] == list(server.files)
    assert server.files["all.bin"] in contents.values()


async def test_nothing_is_left_on_a_disk_that_is_full(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    await steps.put("large.bin", bytes(5_000_000))
    server.put("large.bin", "old")
    server.full = True

    error = await failure_of(
        steps.do(upload_files, {**address, "path": "large.bin", "to": "large.bin", "overwrite": True})
    )

    assert ("ServerFailedError", "robot", False) == (error.type, error.kind, error.acted)
    assert "transfer aborted" in error.message
    assert {"large.bin": b"old"} == server.files


async def test_runs_may_make_one_folder_at_the_same_time(steps: Steps, server: Served, address: dict[str, Any]) -> None:
    await steps.put("a.txt", b"a")
    params = {**address, "path": "a.txt", "make_folders": True}

    uploads = (steps.do(upload_files, {**params, "to": f"in/new/{number}.txt"}, key=str(number)) for number in range(4))
    await asyncio.gather(*uploads)

    assert {f"in/new/{number}.txt": b"a" for number in range(4)} == server.files


async def test_a_pattern_that_matches_no_file_of_the_run_is_an_error(steps: Steps, address: dict[str, Any]) -> None:
    error = await failure_of(steps.do(upload_files, {**address, "path": "*.csv", "to": "in/"}))

    assert ("configuration", False) == (error.kind, error.acted)
    assert "the run has no file that matches '*.csv' to upload" == error.message


async def test_the_old_file_comes_back_where_the_new_one_is_refused(
    steps: Steps, server: Served, address: dict[str, Any]
) -> None:
    await steps.put("a.txt", b"new")
    server.put("a.txt", "old")
    server.held = ".part"

    error = await failure_of(steps.do(upload_files, {**address, "path": "a.txt", "to": "a.txt", "overwrite": True}))

    assert ("business", False) == (error.kind, error.acted)
    assert {"a.txt": b"old"} == server.files
