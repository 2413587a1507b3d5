"""Keeping a process up, with processes that are quick to fail."""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.eventually import eventually
from workers.supervisor import Child, ChildFailedError, Program


def program(tmp_path: Path, code: str) -> Program:
    return Program("child", (sys.executable, "-c", code), tmp_path / "child.log", dict(os.environ))


async def forever() -> None:
    await asyncio.Event().wait()


def said(child: Child, word: str, times: int = 1) -> Callable[[], bool]:
    return lambda: child.program.log.read_text().count(word) >= times


async def test_a_child_that_ends_is_started_again_and_a_person_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    code = "import sys, time; print('started', flush=True); time.sleep(60)"
    child = Child(program(tmp_path, code), report=told.append)
    await child.start()
    await eventually(said(child, "started"))
    keeping = asyncio.create_task(child.keep())

    child.kill()
    await eventually(said(child, "started", times=2))

    keeping.cancel()
    await child.stop()
    assert 1 == len(told)
    assert told[0].startswith("child was killed by signal 9")


async def test_a_child_that_does_not_stay_up_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    child = Child(replace(program(tmp_path, "import sys; sys.exit('no such database')"), pause=timedelta(0)))
    await child.start()

    with pytest.raises(ChildFailedError, match=r"child ended with code 1 .*no such database"):
        await child.keep()


async def test_a_child_that_ends_before_it_is_ready_fails_its_start(tmp_path: Path) -> None:
    child = Child(program(tmp_path, "print('wrong flag'); raise SystemExit(2)"), started=forever)

    with pytest.raises(ChildFailedError, match=r"child ended with code 2 .*wrong flag"):
        await child.start()


async def test_a_child_that_does_not_listen_is_killed_after_its_grace(tmp_path: Path) -> None:
    code = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    child = Child(replace(program(tmp_path, code), grace=timedelta(milliseconds=200)))
    await child.start()
    await eventually(said(child, "deaf"))

    await child.stop()

    assert child.process is not None
    assert -9 == child.process.returncode
