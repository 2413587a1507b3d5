"""A browser in a process of its own outlives its robot, and nothing else."""

from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from activities.drivers.playwright.host import BrowserHost, BrowserSettings
from activities.drivers.playwright.hosting.place import Place
from activities.drivers.playwright.session import PageSession
from activities.sessions.browser import Page
from activities.sessions.target import Target
from tests.support.doomed import (
    FORGOTTEN,
    LEASE,
    NUMBER,
    SESSION,
    TYPED,
    begun,
    host_in,
    killed,
    left_in,
    lodging,
    put_up,
)
from tests.support.eventually import eventually
from tests.support.pages import Site, running_site
from workflows.errors import SessionLostError, SessionUnavailableError, StaleLeaseError

SOON = 60
"""Seconds."""
WHERE = "() => new Promise(told => navigator.geolocation.getCurrentPosition(at => told(at.coords.latitude)))"
ASK = Target(role="button", name="Ask")


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as served:
        yield served


@pytest.fixture(autouse=True)
def ready(site: Site) -> threading.Event:
    """Lets the button be clicked that a robot waits for."""
    return put_up(site)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "browser"


@pytest.fixture
def place(home: Path) -> Iterator[Place]:
    """Whatever a test does in it, no process is left there."""
    place = Place.of(home)
    yield place
    for pid in left_in(place):
        psutil.Process(pid).kill()
    shutil.rmtree(place.path, ignore_errors=True)


@pytest.fixture(scope="module")
async def shared_place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return await asyncio.to_thread(Place.of, tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="module")
async def shared(shared_place: Place) -> AsyncIterator[BrowserHost]:
    """A robot for tests that kill nothing."""
    async with robot(shared_place.path) as host:
        yield host


@asynccontextmanager
async def robot(home: Path, *, patience: timedelta = timedelta(seconds=15), **how: Any) -> AsyncIterator[BrowserHost]:
    async with BrowserHost(BrowserSettings(patience=patience), lodging(home, **how)) as host:
        yield host


def page(host: BrowserHost, session: str = SESSION) -> Page:
    return host.page(session, timeout=timedelta(seconds=30))


async def test_a_successor_goes_on_in_the_page_of_a_robot_that_was_killed(
    home: Path, place: Place, site: Site, ready: threading.Event
) -> None:
    await killed(await begun(home, site))

    async with robot(home) as successor:
        recovered = await successor.recover()

        assert {SESSION, FORGOTTEN} == {*recovered}
        session = successor.find(SESSION)
        with pytest.raises(StaleLeaseError, match="has not taken it up yet"):
            session.refuse_stale(LEASE)
        await successor.claim(SESSION, lease=LEASE + 1)
        with pytest.raises(StaleLeaseError, match="held with lease 4; this step came with 3") as refused:
            session.refuse_stale(LEASE)
        assert refused.value.acted is False
        assert ("run", LEASE + 1) == (session.run, session.number)
        assert ["main", "orders", "form"] == [tab.name for tab in await page(successor).tabs()]
        typed = await page(successor).read(NUMBER, None)
        assert typed
        assert TYPED.startswith(typed)
        assert "visitor=ann" == await page(successor).evaluate("() => document.cookie", None, None)
        assert 48.5 == await page(successor).evaluate(WHERE, None, None)
        await page(successor).click(ASK)
        assert "true" == await page(successor).read(Target(css="#out"), None)
        with pytest.raises(Exception, match="Failed to fetch"):
            await page(successor).evaluate("() => fetch('/blocked')", None, None)
        ready.set()
        await page(successor).named("orders").read(Target(css="button:not([disabled])"), None)
        assert [] == site.posts()  # the click that was waiting was made by nobody
        assert session.watch.secretive  # who knows what was typed there
        assert "beyond" == session.document()
        await page(successor).goto(site.url("/form"))
        await page(successor).named("orders").close()

    assert [] == left_in(place)
    assert not place.path.exists()


async def test_a_killed_host_loses_its_sessions_and_the_next_session_has_another(
    home: Path, place: Place, site: Site
) -> None:
    async with robot(home) as host:
        session = await host.open(SESSION)
        await page(host).open(site.url("/form"), None)
        before = await host_in(place)
        waiting = asyncio.create_task(page(host).click(Target(css="#nowhere")))
        await asyncio.sleep(0)

        psutil.Process(before.pid).kill()

        async with asyncio.timeout(SOON):
            assert "the browser process ended" == await session.loss
            with pytest.raises(SessionLostError):
                await waiting
        await host.open("two")
        assert 200 == (await page(host, "two").open(site.url("/form"), None)).status
        after = await host_in(place)
        assert before.incarnation != after.incarnation

    await eventually(lambda: left_in(place) == [])


async def test_a_browser_that_hangs_is_ended_and_the_next_session_has_another(
    home: Path, place: Place, site: Site
) -> None:
    async with robot(home, patience=timedelta(seconds=3)) as host:
        session = await host.open(SESSION)
        await page(host).open(site.url("/form"), None)
        note = await host_in(place)
        for process in psutil.Process(note.pid).children(recursive=True):
            if "--remote-debugging-pipe" in process.cmdline():
                process.suspend()

        async with asyncio.timeout(SOON):
            assert "the browser does not answer" == await session.loss
            await host.open("two")

        assert 200 == (await page(host, "two").open(site.url("/form"), None)).status

    await eventually(lambda: left_in(place) == [])


async def test_a_browser_that_no_robot_comes_for_ends_by_itself(home: Path, place: Place, site: Site) -> None:
    robot = await begun(home, site, linger=1)
    await killed(robot)

    await eventually(lambda: left_in(place) == [])

    await eventually(lambda: not place.path.exists())


async def test_a_browser_that_has_grown_takes_no_more_sessions_until_it_is_started_anew(
    home: Path, place: Place
) -> None:
    async with robot(home, memory=1, patience=timedelta(seconds=3)) as host:
        await host.open("one")
        before = await host_in(place)
        await eventually(lambda: host.heavy)

        with pytest.raises(SessionUnavailableError, match="more than it may have"):
            await host.open("two")

        await host.close("one")
        await host.open("two")
        after = await host_in(place)
        assert before.incarnation != after.incarnation


async def test_a_document_that_is_still_there_is_known_again(shared: BrowserHost, site: Site) -> None:
    session = await shared.open("known")
    await page(shared, "known").open(site.url("/form"), None)
    assert "fresh" == session.document()
    await eventually(lambda: session.memo().tabs[0].moment is not None)
    memo = session.memo()

    again = await PageSession.resume(memo, session.context, session.browser, {})

    assert "same" == again.document()
    await page(shared, "known").goto(site.url("/form"))
    other = await PageSession.resume(memo, session.context, session.browser, {})
    assert "beyond" == other.document()
    await shared.close("known")


async def test_nobody_else_can_reach_a_browser(shared: BrowserHost, shared_place: Place) -> None:
    await shared.open("private")
    host = await host_in(shared_place)

    everything = [shared_place.path, *shared_place.path.rglob("*")]
    [socket] = [path for path in everything if path.is_socket()]

    assert str(socket) == host.endpoint
    assert {0} == {path.lstat().st_mode & 0o077 for path in everything if not path.is_symlink()}
    await shared.close("private")


async def test_a_second_process_of_a_robot_gets_nothing_of_the_first(shared: BrowserHost, shared_place: Place) -> None:
    await shared.open("first")
    async with robot(shared_place.path) as second:
        assert () == await second.recover()
        with pytest.raises(SessionUnavailableError, match="another process of this robot has the browser"):
            await second.open("second")

    assert ("first",) == shared.sessions
    await shared.close("first")


async def test_two_robots_have_a_browser_each(
    shared: BrowserHost, shared_place: Place, home: Path, place: Place
) -> None:
    """The other one is started anew after each of its sessions."""
    await shared.open("mine")
    async with robot(home, recycle=1) as other:
        await other.open("its")
        first = await host_in(place)
        await other.close("its")
        await other.open("its")
        second = await host_in(place)

        assert 3 == len({first.pid, second.pid, (await host_in(shared_place)).pid})
        assert ("mine",) == shared.sessions
    await shared.close("mine")


async def test_sessions_leave_nothing_behind(shared: BrowserHost, shared_place: Place, site: Site) -> None:
    for number in range(3):
        await _visit(shared, site, f"warm-{number}")
    before = await _figures(shared_place)

    for number in range(6):
        await _visit(shared, site, f"visit-{number}")

    async with asyncio.timeout(SOON):
        while any(number > before[name] for name, number in (await _figures(shared_place)).items()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # what shows a page ends a moment after it
    assert () == shared.sessions


async def _visit(host: BrowserHost, site: Site, name: str) -> None:
    await host.open(name)
    await page(host, name).open(site.url("/form"), None)
    await page(host, name).fill(NUMBER, "1")
    await host.close(name)


async def _figures(place: Place) -> dict[str, int]:
    note = await host_in(place)
    host = psutil.Process(note.pid)
    return {
        "processes": len(host.children(recursive=True)),
        "handles": sum(process.num_fds() for process in (host, *host.children(), psutil.Process())),
        "files": len([*place.path.rglob("*")]),
    }
