"""What a robot and its browser host find of each other."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest

from activities.drivers.playwright.hosting.memo import Memos, SessionMemo
from activities.drivers.playwright.hosting.note import HostNote, Launch, read_note
from activities.drivers.playwright.hosting.place import Place
from activities.drivers.playwright.setup import Setup
from activities.sealing import Seal
from activities.sessions.profile import Configuration
from workflows.errors import MachineError

LAUNCH = Launch(engine="chromium", executable=Path("/usr/bin/browser"))
SEAL = Seal(bytes(32))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def note(**facts: object) -> HostNote:
    usual = {
        "incarnation": "a",
        "pid": os.getpid(),
        "created": psutil.Process().create_time(),
        "playwright": version("playwright"),
        "launch": LAUNCH,
        "endpoint": "socket",
    }
    return HostNote.model_validate(usual | facts)


def memo(session: str, *, lease: int = 1) -> SessionMemo:
    setup = Setup(configuration=Configuration(locale="de-DE"))
    return SessionMemo(session=session, run="run", lease=lease, context="context@1", setup=setup, tabs=(), paging=None)


def test_a_place_is_where_it_was_asked_for_and_for_its_owner_alone(tmp_path: Path) -> None:
    home = Path("/", *tmp_path.parts[1:2], f"aether-test-{os.getpid()}")
    try:
        place = Place.of(home)

        assert home == place.path
        assert 0o700 == home.stat().st_mode & 0o777
    finally:
        home.rmdir()


def test_a_place_too_deep_for_sockets_has_a_stand_in_that_is_found_again(tmp_path: Path) -> None:
    home = tmp_path / ("deep" * 20)

    place = Place.of(home)

    assert 54 >= len(str(place.path))
    assert place == Place.of(home)
    assert place != Place.of(home.with_name("other"))
    place.path.rmdir()
    Place.of(home.with_name("other")).path.rmdir()


def test_a_place_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    home = Path("/", *tmp_path.parts[1:2], f"aether-link-{os.getpid()}")
    home.symlink_to(tmp_path)
    try:
        with pytest.raises(MachineError, match="expected a directory of this user's own"):
            Place.of(home)
    finally:
        home.unlink()


def test_a_place_has_one_holder_and_is_free_as_soon_as_that_is_gone(place: Place) -> None:
    holder = (
        "import sys, pathlib; from activities.drivers.playwright.hosting.place import Place; "
        "claim = Place(pathlib.Path(sys.argv[1])).claim(); print(claim.take(), flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", holder, str(place.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    claim = place.claim()
    with other:
        assert other.stdout is not None
        assert b"True\n" == other.stdout.readline()
        refused = claim.take()
        other.kill()

    assert not refused
    assert claim.take(within=5)
    claim.release()
    assert not claim.held


def test_what_is_no_note_counts_as_none(place: Place) -> None:
    before = read_note(place)
    place.write(place.note, b"{")

    assert before is None
    assert read_note(place) is None


def test_a_note_says_whether_its_process_is_there(place: Place) -> None:
    place.write(place.note, note().model_dump_json().encode())

    read = read_note(place)

    assert read == note()
    assert read is not None
    assert read.alive
    assert not note(created=psutil.Process().create_time() - 100).alive


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, None),
        ({"playwright": ".".join([*version("playwright").split(".")[:2], "999"])}, None),
        ({"playwright": "1.2.3"}, "other-version"),
        ({"endpoint": None, "failure": "no"}, "no-browser"),
        ({"launch": LAUNCH.model_copy(update={"headed": True})}, "other-browser"),
    ],
)
def test_a_host_is_used_if_it_speaks_the_same_and_is_what_is_wanted(facts: dict[str, object], reason: str) -> None:
    assert reason == note(**facts).unfit(LAUNCH)


async def test_memos_are_sealed_found_again_and_forgotten(place: Place) -> None:
    memos = Memos(place, SEAL)
    await memos.keep(memo("one"))
    await memos.keep(memo("two"))
    await memos.keep(memo("two", lease=2))
    files = [*place.sessions.iterdir()]
    await memos.forget("one")

    assert (memo("two", lease=2),) == await Memos(place, SEAL).read()
    assert 2 == len(files)
    assert {0o600} == {path.stat().st_mode & 0o777 for path in place.sessions.iterdir()}
    assert b"de-DE" not in b"".join(path.read_bytes() for path in place.sessions.iterdir())


async def test_a_memo_is_written_only_when_it_says_something_new(place: Place) -> None:
    memos = Memos(place, SEAL)
    await memos.keep(memo("one"))
    [path] = place.sessions.iterdir()
    before = path.read_bytes()

    await memos.keep(memo("one"))

    assert before == path.read_bytes()  # sealed again, it would differ


async def test_memos_of_another_key_are_left_alone(place: Place) -> None:
    await Memos(place, Seal(bytes([1] * 32))).keep(memo("one"))

    assert () == await Memos(place, SEAL).read()
