"""Work in processes beside the robot: what goes wrong there ends there."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import textwrap
from collections.abc import AsyncIterator

import psutil
import pytest

from activities.drivers.apart.processes import Processes
from tests.support.eventually import eventually
from workflows.errors import InvalidFileError, NodeFailedError


@pytest.fixture(scope="module")
async def processes() -> AsyncIterator[Processes]:
    processes = Processes(2, memory=512 * 2**20)
    yield processes
    del processes
    gc.collect()


async def test_what_a_function_gives_comes_back_whatever_it_prints(processes: Processes) -> None:
    await processes.call(print, "noise")

    assert 3 == await processes.call(sum, [1, 2])


async def test_a_process_is_there_for_the_next_call(processes: Processes) -> None:
    assert await processes.call(os.getpid) == await processes.call(os.getpid)


async def test_an_error_comes_back_with_the_place_it_came_from(processes: Processes) -> None:
    with pytest.raises(RuntimeError, match="ZeroDivisionError: integer division") as raised:
        await processes.call(divmod, 1, 0)

    assert "work(*args, **kwargs)" in raised.value.__notes__[0]


async def test_an_error_of_the_machine_stays_one(processes: Processes) -> None:
    with pytest.raises(FileNotFoundError):
        await processes.call(os.chdir, "/nowhere")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can limit it")
async def test_work_that_takes_more_memory_than_it_may_is_told_so(processes: Processes) -> None:
    with pytest.raises(InvalidFileError, match="needs more than the 512 MiB of memory"):
        await processes.call(bytearray, 600 * 2**20)

    assert 3 == await processes.call(sum, [1, 2])


async def test_a_process_that_crashes_is_told_and_another_takes_its_place(processes: Processes) -> None:
    with pytest.raises(NodeFailedError, match="ended in the middle of it, with 7") as raised:
        await processes.call(os._exit, 7)

    assert raised.value.acted is False
    assert 3 == await processes.call(sum, [1, 2])


async def test_work_that_nobody_waits_for_ends_with_all_it_has_started(processes: Processes) -> None:
    before = _descendants()
    waiting = asyncio.create_task(processes.call(os.system, "sleep 60"))
    await eventually(lambda: any("sleep" in each.name() for each in _descendants() - before))

    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    await eventually(lambda: not any("sleep" in each.name() for each in _descendants()))
    assert 3 == await processes.call(sum, [1, 2])


async def test_no_more_is_done_at_once_than_there_are_processes(processes: Processes) -> None:
    pids = await asyncio.gather(*(processes.call(os.getpid) for _ in range(8)))

    assert len(set(pids)) <= 2


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
async def test_processes_end_with_the_robot_that_was_killed() -> None:
    program = """
        import asyncio, os, sys, time
        from activities.drivers.apart.processes import Processes
        async def main():
            processes = Processes(1, memory=0)
            print(await processes.call(os.getpid), flush=True)
            await processes.call(time.sleep, 60)
        asyncio.run(main())
    """
    robot = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(program), stdout=asyncio.subprocess.PIPE
    )
    assert robot.stdout is not None
    pid = int(await robot.stdout.readline())

    robot.kill()
    await robot.communicate()

    await eventually(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def _descendants() -> set[psutil.Process]:
    return set(psutil.Process().children(recursive=True))
