"""This machine, and the processes on it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from tests.support.cards import card
from workers.machine import is_dead, this_machine


def test_processes_of_one_machine_know_each_other_by_its_key() -> None:
    asked = "from workers.machine import this_machine; print(this_machine().key)"

    other = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)  # noqa: S603

    assert this_machine().key == other.stdout.strip()


def test_a_process_that_runs_is_not_dead() -> None:
    here = this_machine()

    assert not is_dead(card(machine=here.key, pid=here.pid, started=here.started), here)


def test_a_process_that_ended_is_dead_even_before_its_parent_looks() -> None:
    here = this_machine()
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        started = psutil.Process(process.pid).create_time()
        while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
            pass
        zombie = is_dead(card(machine=here.key, pid=process.pid, started=started), here)

    assert (True, True) == (zombie, is_dead(card(machine=here.key, pid=process.pid, started=started), here))


@contextmanager
def running(*command: str) -> Iterator[int]:
    """A process that has begun, by its number."""
    with subprocess.Popen(command) as process:  # noqa: S603
        while not psutil.Process(process.pid).cmdline():
            pass
        yield process.pid
        process.kill()


def test_another_process_that_got_its_number_is_not_taken_for_it() -> None:
    here = this_machine()

    with running("sleep", "30") as pid:
        assert is_dead(card(machine=here.key, pid=pid, started=here.started - 1000), here)


def test_a_robot_whose_age_does_not_tell_may_live() -> None:
    """Clocks are set now and then, and with them what the system says of when a process began."""
    here = this_machine()

    with running(sys.executable, "-c", "import time; time.sleep(30)", "workers.robot") as pid:
        assert not is_dead(card(machine=here.key, pid=pid, started=here.started - 1000), here)


def test_nothing_is_known_of_processes_of_other_machines() -> None:
    assert not is_dead(card(machine="elsewhere", pid=999_999), this_machine())
