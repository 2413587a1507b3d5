"""What a robot watches of itself."""

from __future__ import annotations

import asyncio
import errno
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.failure import application_error, error_value, explain
from activities.secrets import Mask
from tests.support.eventually import eventually
from workers.health import Health, own_fault
from workers.probing import probe
from workflows.call import SessionRequest
from workflows.errors import AetherError, BrowserFailedError, PageError, SessionUnavailableError


def failure(error: Exception) -> Exception:
    """As a run gets it."""
    told = error if isinstance(error, AetherError) else explain(error, "files.write", acted=None)
    return application_error(error_value(told, "step", Mask()))


class Watch:
    """What a robot's health has others do."""

    def __init__(self, directory: Path, *, least_free: int = 0, wrong: str = "") -> None:
        self.wrong = wrong
        self.hindered = ""
        self.told: list[tuple[str, str]] = []
        self.health = Health(self.probe, self.report, self.hinder, directory, least_free, look=timedelta(0))

    async def probe(self) -> str:
        return self.wrong

    async def report(self, load: str, wrong: str) -> bool:
        self.told.append((load, wrong))
        return True

    def hinder(self, why: str) -> None:
        self.hindered = why

    def fail(self, times: int) -> None:
        for _ in range(times):
            self.health.ended("browser", failure(BrowserFailedError("it does not start")))


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (BrowserFailedError("the browser does not start"), "browser"),
        (SessionUnavailableError("all 5 sessions are taken"), None),
        (PageError("the page does not answer"), None),
        (OSError(errno.ENOSPC, "No space left on device"), "machine"),
        (MemoryError(), "machine"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "out"), None),
        (ValueError("a bug"), None),
    ],
    ids=str,
)
def test_only_what_lies_with_the_robot_is_its_own_fault(error: Exception, part: str | None) -> None:
    assert part == own_fault(failure(error))


def test_what_is_no_failure_of_a_step_is_nobody_s_fault() -> None:
    assert own_fault(RuntimeError("a bug")) is None


def test_a_robot_that_only_fails_takes_no_more_work(tmp_path: Path) -> None:
    watch = Watch(tmp_path)

    watch.fail(4)
    before = watch.hindered
    watch.fail(1)

    assert "" == before
    assert "5 failures in a row, the last: it does not start" == watch.hindered


def test_work_that_is_done_makes_failures_forgotten(tmp_path: Path) -> None:
    watch = Watch(tmp_path)

    watch.fail(4)
    watch.health.ended("browser", None)
    watch.fail(4)

    assert "" == watch.hindered


async def test_a_robot_takes_work_again_once_it_has_found_itself_well(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    watch.fail(5)
    watch.health.try_at_once()

    watching = asyncio.create_task(watch.health.watch())
    await eventually(lambda: not watch.hindered)
    watching.cancel()

    assert not watch.health.wrong


async def test_a_robot_that_is_not_well_yet_says_why(tmp_path: Path) -> None:
    watch = Watch(tmp_path, wrong="no browser")
    watch.fail(5)
    watch.health.try_at_once()

    watching = asyncio.create_task(watch.health.watch())
    await eventually(lambda: ("low", "does not work yet: no browser") in watch.told)
    watching.cancel()

    assert "does not work yet: no browser" == watch.hindered


async def test_a_robot_without_room_takes_no_work(tmp_path: Path) -> None:
    watch = Watch(tmp_path, least_free=2**60)

    watching = asyncio.create_task(watch.health.watch())
    await eventually(lambda: bool(watch.told))
    watching.cancel()

    assert "MiB are free" in watch.hindered
    assert watch.hindered == watch.told[-1][1]


async def test_a_probe_finds_what_does_not_work(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    found = await probe(file, {})

    assert "" == await probe(tmp_path / "scratch", {})
    assert "no file can be written" in found
    assert not list((tmp_path / "scratch").iterdir())


@pytest.mark.parametrize("error", [BrowserFailedError("it does not start"), TimeoutError()], ids=str)
async def test_a_probe_opens_the_browser(tmp_path: Path, error: Exception) -> None:
    class Broken:
        async def open(self, _request: SessionRequest) -> None:
            raise error

        async def close(self, _session: str) -> None:
            pass

    broken: Any = Broken()

    assert await probe(tmp_path, {"browser": broken})
