from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import psutil
import pytest

from activities.drivers.system.driver import Allowed, system_provider
from activities.nodes.process import end
from activities.nodes.process import list as list_node
from tests.nodes.process.conftest import NAME, STUBBORN, Begin, runs
from tests.support.eventually import eventually
from tests.support.steps import Steps, failure_of


async def one(steps: Steps, pid: int) -> dict[str, Any]:
    """Name one process as `process.list` gives it."""
    listed = await steps.do(list_node.list_processes)
    (found,) = [each for each in listed["processes"] if each["pid"] == pid]
    return {key: found[key] for key in ("name", "pid", "started")}


async def test_all_of_a_name_are_ended_and_those_that_ran_are_told(steps: Steps, begin: Begin) -> None:
    begun = [begin(), begin()]

    first = await steps.do(end.end, {"name": NAME})
    again = await steps.do(end.end, {"name": NAME})

    assert [(each.pid, NAME, False) for each in begun] == [
        (each["pid"], each["name"], each["killed"]) for each in first["ended"]
    ]
    assert (2, 0, [False, False]) == (first["count"], again["count"], [runs(each) for each in begun])


async def test_one_that_does_not_hear_is_killed_after_a_while(steps: Steps, begin: Begin) -> None:
    process = begin(arguments=STUBBORN)
    await eventually(lambda: bool(process.children()))  # it does not hear any more once it sleeps

    ended = await steps.do(end.end, await one(steps, process.pid) | {"grace": "300ms"})

    assert ([(process.pid, True)], False) == (
        [(each["pid"], each["killed"]) for each in ended["ended"]],
        runs(process),
    )


async def test_of_several_only_the_one_that_is_meant_is_ended(steps: Steps, begin: Begin) -> None:
    meant, other = begin(), begin()

    ended = await steps.do(end.end, await one(steps, meant.pid))

    assert (1, False, True) == (ended["count"], runs(meant), runs(other))


async def test_a_number_that_another_process_has_by_now_is_left_alone(steps: Steps, begin: Begin) -> None:
    process = begin()
    named = await one(steps, process.pid)
    listed = await steps.do(list_node.list_processes, {"name": NAME})
    started = listed["processes"][0]["started"]

    earlier = await steps.do(end.end, named | {"started": "2020-01-01T00:00:00Z"})
    other = await failure_of(steps.do(end.end, named | {"name": "sleep"}))
    none = await steps.do(end.end, named | {"pid": 4_194_303})

    assert (0, 0, True) == (earlier["count"], none["count"], runs(process))
    assert ("InvalidParamsError", f"process {process.pid} is {NAME!r}, expected 'sleep'") == (other.type, other.message)
    assert started == named["started"]


async def test_a_number_alone_names_no_process(steps: Steps, begin: Begin) -> None:
    process = begin()

    error = await failure_of(steps.do(end.end, {"name": NAME, "pid": process.pid}))

    assert "expected 'pid' and 'started' together" in error.message
    assert runs(process)


async def test_what_the_robot_is_and_has_started_is_never_ended(tmp_path: Path) -> None:
    own = psutil.Process()
    steps = Steps(tmp_path, system_provider(Allowed(programs=(own.name(), "sleep", own.parents()[0].name()))))
    child = await asyncio.create_subprocess_exec("sh", "-c", "sleep 60 & wait")
    try:
        await eventually(lambda: bool(psutil.Process(child.pid).children()))
        (grandchild,) = psutil.Process(child.pid).children()
        pids = (os.getpid(), own.parents()[0].pid, grandchild.pid)
        errors = [await failure_of(steps.do(end.end, await one(steps, pid))) for pid in pids]
        alive = runs(grandchild)
    finally:
        for each in psutil.Process(child.pid).children():
            each.kill()
        await child.wait()

    assert [("ConfigurationError", False)] * 3 == [(error.type, error.acted) for error in errors]
    assert all("belongs to a robot, which ends it itself" in error.message for error in errors)
    assert alive


async def test_what_another_robot_has_started_is_never_ended(tmp_path: Path, begin: Begin) -> None:
    robot = begin("robot-of-another", ("-c", "sleep 60 & wait", "-m", "workers.robot"))
    steps = Steps(tmp_path, system_provider(Allowed(programs=("robot-of-another",))))

    error = await failure_of(steps.do(end.end, {"name": "robot-of-another"}))

    assert ("ConfigurationError", True) == (error.type, runs(robot))


async def test_a_program_that_something_starts_again_was_not_ended(steps: Steps, begin: Begin, tmp_path: Path) -> None:
    begin()
    begin("keeper", ("-c", f"while :; do '{tmp_path / NAME}' -c 'sleep 60'; done"))

    error = await failure_of(steps.do(end.end, {"name": NAME}))

    assert ("MachineError", True) == (error.type, error.acted)
    assert "something starts it; end that first" in error.message


async def test_a_program_that_the_settings_do_not_name_is_left_alone(tmp_path: Path, begin: Begin) -> None:
    process = begin()
    steps = Steps(tmp_path, system_provider(Allowed()))

    error = await failure_of(steps.do(end.end, {"name": NAME}))

    assert ("ConfigurationError", False, True) == (error.type, error.acted, runs(process))
    expected = f"this robot may not end program {NAME!r}; its setting 'system.programs' names those that it may: none"
    assert expected == error.message


@pytest.mark.parametrize("name", ["/bin/sleep", "a\\b", ""])
async def test_a_program_is_named_without_its_folder(steps: Steps, name: str) -> None:
    error = await failure_of(steps.do(end.end, {"name": name}))

    assert "InvalidParamsError" == error.type
