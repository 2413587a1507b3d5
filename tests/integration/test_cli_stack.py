"""`aether dev` and what one does beside it, all as processes."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest

from tests.support.aether import Aether, finish, line_with
from tests.support.repository import ROOT
from workers.ports import free_ports

TOTAL = """
aether: 1
name: total
inputs:
  orders: {type: file}
steps:
  - id: read
    do: csv.read
    with: {path: "${{ inputs.orders }}"}
  - id: note
    do: files.write
    with:
      path: out/total.txt
      content: "${{ sum([number(order.price) for order in read.records]) }} ${{ secret('word') }}"
outputs:
  count: ${{ read.count }}
"""
PATIENCE = 180


@pytest.fixture(scope="module")
async def aether(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Aether]:
    """The command line in a directory where `aether dev` runs."""
    directory = tmp_path_factory.mktemp("project")
    port, ui_port = free_ports(2)
    ours = (ROOT / "temporal-dev.yaml").read_text(encoding="utf-8")
    (directory / "temporal-dev.yaml").write_text(ours.replace("7233", str(port)).replace("8233", str(ui_port)))
    environ = {
        "TEMPORAL_ADDRESS": f"127.0.0.1:{port}",
        "AETHER_SECRETS_KEY": str(directory / "keys" / "secrets.key"),
    }
    aether = Aether(directory, environ)
    process = await aether.start("dev")
    try:
        assert process.stderr is not None
        await line_with(process.stderr, "Ctrl-C stops everything", seconds=PATIENCE)
        yield aether
    finally:
        await _stop(process)


async def _stop(process: Process) -> None:
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    done = await finish(process, seconds=PATIENCE)
    _, alive = psutil.wait_procs(children, timeout=60)

    assert (0, []) == (done.code, alive), done.err


async def test_the_stack_s_robot_is_listed_and_its_log_is_found_from_any_directory(
    aether: Aether, tmp_path: Path
) -> None:
    elsewhere = Aether(tmp_path, {"TEMPORAL_ADDRESS": aether.environ["TEMPORAL_ADDRESS"]})
    async with asyncio.timeout(PATIENCE):
        while not (known := await _known(elsewhere)):  # noqa: ASYNC110 - only the server can tell
            await asyncio.sleep(0.1)

    shown = await elsewhere("robot", "show", known[0], "-o", "json")

    assert 1 == len(known)
    assert str((aether.directory / ".aether" / "logs" / "robot.log").resolve()) == shown.data["log"]


async def _known(aether: Aether) -> list[str]:
    """The robots that are there; one that another test has stopped is still listed."""
    robots = (await aether("robot", "list", "-o", "json")).data
    return [robot["robot"] for robot in robots if robot["status"] in {"idle", "busy"}]


async def test_a_file_goes_in_and_files_come_out(aether: Aether, tmp_path: Path) -> None:
    file = aether.write("total.yaml", TOTAL)
    orders = tmp_path / "orders.csv"
    orders.write_text("item,price\npen,1.5\nink,4\n")
    assert 0 == (await aether("secret", "set", "word", stdin="sesame")).code

    done = await aether("run", file, "-i", f"orders={orders}", "--save", tmp_path / "saved", "-o", "json")

    assert 0 == done.code, done.err
    assert {"count": 2} == done.data["outputs"]
    assert {"orders": "orders.csv"} == done.data["inputs"]
    assert ["orders.csv", "out/total.txt"] == sorted(entry["path"] for entry in done.data["files"])
    assert "5.5 sesame" == (tmp_path / "saved" / "out" / "total.txt").read_text()


async def test_the_doctor_finds_everything_that_runs_need(aether: Aether) -> None:
    done = await aether("doctor", "-o", "json")

    found = {check["name"]: check["ok"] for check in done.data["checks"]}
    assert 0 == done.code, done.out
    assert {"temporal", "orchestrator", "search attributes", "robots for files", "secrets"} <= found.keys()


async def test_a_second_dev_stack_in_one_directory_is_refused(aether: Aether) -> None:
    done = await aether("dev")

    assert 3 == done.code
    assert "in use by another `aether dev`" in done.err
    assert "Traceback" not in done.err


async def test_a_robot_of_its_own_joins_and_leaves(aether: Aether) -> None:
    process = await aether.start("robot", "start", "--id", "second", "--tag", "sap")
    assert process.stdout is not None
    assert process.stderr is not None
    await line_with(process.stderr, "robot.started", seconds=PATIENCE)

    process.send_signal(signal.SIGINT)
    done = await finish(process)

    assert 0 == done.code, done.err
