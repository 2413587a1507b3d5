"""What tests of processes share."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from activities.drivers.system.driver import Allowed, system_provider
from tests.support.steps import Steps

NAME = f"nap-of-the-office-{uuid4().hex[:8]}"
"""Longer than the fifteen characters that Linux keeps of a name by itself."""
_NAP = ("-c", "sleep 60")
STUBBORN = ("-c", "trap '' TERM; while :; do sleep 0.2; done")

Begin = Callable[..., psutil.Process]


def runs(process: psutil.Process) -> bool:
    """Whether a process is there; what has ended may stay until the system's first process looks after it."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """Start a program that is no child of the robot's, and of which nobody else on this machine has the name."""
    begun: list[psutil.Process] = []

    def beginning(name: str = NAME, arguments: tuple[str, ...] = _NAP) -> psutil.Process:
        program = tmp_path / name
        if not program.exists():
            shutil.copy("/bin/sh", program)
        apart = ["sh", "-c", '"$0" "$@" >/dev/null 2>&1 & echo $!', str(program), *arguments]
        said = subprocess.run(apart, check=True, capture_output=True, text=True)  # noqa: S603 - our own
        process = psutil.Process(int(said.stdout))
        begun.append(process)
        while process.name() != name:  # until it is that program, and no copy of the shell any more
            time.sleep(0.01)
        return process

    yield beginning
    for process in begun:
        with suppress(psutil.NoSuchProcess):
            children = process.children(recursive=True)
            process.kill()  # before it can start another one
            for each in (*children, *(each for each in psutil.process_iter() if each.name() == NAME)):
                each.kill()


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    """Steps of a robot that may end this program."""
    return Steps(tmp_path, system_provider(Allowed(programs=(NAME, "sleep"))))
