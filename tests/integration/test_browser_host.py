from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from activities.drivers.playwright.host import BrowserHost, BrowserSettings
from activities.sessions.browser import Page
from activities.sessions.profile import Configuration, Viewport
from activities.sessions.target import Target
from tests.support.browser import Started
from tests.support.eventually import eventually
from tests.support.pages import Answer, Site, running_site
from workflows.errors import SessionLostError, SessionUnavailableError

ROOT = Path(__file__).resolve().parents[2]
BUTTON = Target(role="button")
NOWHERE = Target(css="#nowhere")
ENABLE = "() => new Promise(done => { document.querySelector('button').disabled = false; setTimeout(done, 600) })"
SOON = 30
"""Seconds: half of what a step may take here."""


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        site.page("/", "<button onclick=\"fetch('/clicked', {method: 'POST'})\">Go</button>")
        yield site


@pytest.fixture
def started() -> Started:
    return Started()


@pytest.fixture
async def host(started: Started) -> AsyncIterator[BrowserHost]:
    """A host of its own: these tests kill what it holds. Whatever they do, nothing is left behind."""
    async with BrowserHost(BrowserSettings(max_sessions=3)) as host:
        yield host
    await eventually(lambda: started.living() == [])


def page(host: BrowserHost, session: str = "one", seconds: float = 30) -> Page:
    return host.page(session, timeout=timedelta(seconds=seconds))


async def test_sessions_share_a_browser_but_no_cookies(host: BrowserHost, site: Site, started: Started) -> None:
    site.put("/login", Answer(b"in", headers={"Set-Cookie": "user=alice; Path=/"}))
    site.page("/", "home")
    await host.open("one")
    await host.open("two")
    await page(host, "one").open(site.url("/login"), None)

    await page(host, "one").open(site.url("/"), None)
    await page(host, "two").open(site.url("/"), None)

    assert ["user=alice", ""] == [asked.cookie for asked in site.asked if asked.path == "/"]
    assert len(started.browsers()) == 1


async def test_a_closed_session_keeps_nothing(host: BrowserHost, site: Site) -> None:
    site.put("/login", Answer(b"in", headers={"Set-Cookie": "user=alice; Path=/"}))
    await host.open("one")
    await page(host).open(site.url("/login"), None)
    await host.close("one")

    await host.open("one")
    await page(host).open(site.url("/"), None)

    assert site.asked[-1].cookie == ""


async def test_an_unknown_session_is_lost(host: BrowserHost) -> None:
    with pytest.raises(SessionLostError, match="'nine' is not on this robot"):
        host.find("nine")


async def test_opening_twice_gives_the_same_session(host: BrowserHost) -> None:
    first, second = await asyncio.gather(host.open("one"), host.open("one"))

    assert first is second


async def test_there_are_no_more_sessions_than_allowed(host: BrowserHost) -> None:
    await asyncio.gather(*(host.open(name) for name in ("one", "two", "three")))

    with pytest.raises(SessionUnavailableError, match="all 3 browser sessions of this robot are taken"):
        await host.open("four")

    await host.close("two")
    await host.open("four")


async def test_a_page_sees_the_locale_time_zone_and_size_of_its_session(host: BrowserHost, site: Site) -> None:
    site.page(
        "/",
        "<p><script>document.querySelector('p').textContent = [innerWidth, navigator.language, "
        "Intl.DateTimeFormat().resolvedOptions().timeZone].join(' ')</script>",
    )
    await host.open("one")
    size = Viewport(width=900, height=600)
    await page(host).profile.configure(Configuration(viewport=size, locale="de-DE", timezone="Asia/Tokyo"))
    await page(host).open(site.url("/"), None)

    assert await page(host).read(Target(css="p"), None) == "900 de-DE Asia/Tokyo"


async def test_a_crashed_page_loses_its_session_at_once_and_no_other(
    host: BrowserHost, site: Site, started: Started
) -> None:
    session = await host.open("one")
    await page(host, "one").open(site.url("/"), None)
    mine = {process.pid for process in started.renderers()}
    await host.open("two")
    await page(host, "two").open(site.url("/"), None)
    waiting = asyncio.create_task(page(host, "one", 60).click(NOWHERE))
    await asyncio.sleep(0)

    for pid in mine:
        psutil.Process(pid).kill()

    async with asyncio.timeout(SOON):
        assert await session.loss == "a page crashed"
        with pytest.raises(SessionLostError, match="a page crashed") as caught:
            await waiting
    with pytest.raises(SessionLostError):
        page(host, "one")
    assert caught.value.acted is False


async def test_a_killed_browser_loses_its_sessions_and_the_next_one_gets_another(
    host: BrowserHost, site: Site, started: Started
) -> None:
    session = await host.open("one")
    await page(host).open(site.url("/"), None)
    [browser] = started.browsers()

    browser.kill()

    async with asyncio.timeout(SOON):
        assert await session.loss == "the browser process ended"
    assert host.sessions == ()
    await host.open("one")
    assert (await page(host).open(site.url("/"), None)).status == 200


async def test_a_killed_driver_loses_its_sessions_and_the_next_one_gets_another(
    host: BrowserHost, site: Site, started: Started
) -> None:
    session = await host.open("one")
    await page(host).open(site.url("/"), None)
    waiting = asyncio.create_task(page(host, "one", 60).click(NOWHERE))
    [browser] = started.browsers()
    [driver] = started.drivers()
    await asyncio.sleep(0.2)

    driver.kill()

    async with asyncio.timeout(SOON):
        await session.loss
        with pytest.raises(SessionLostError):
            await waiting
    await eventually(lambda: not psutil.pid_exists(browser.pid) or browser.status() == psutil.STATUS_ZOMBIE)
    await host.open("one")
    assert (await page(host).open(site.url("/"), None)).status == 200


async def test_a_crash_after_the_click_leaves_its_outcome_unknown(
    host: BrowserHost, site: Site, started: Started
) -> None:
    site.page("/paid", "paid", delay=20)
    site.page("/", "<form method=post action=/paid><button>Pay</button></form>")
    await host.open("one")
    await page(host).open(site.url("/"), None)
    clicking = asyncio.create_task(page(host, "one", 30).click(BUTTON))
    await eventually(lambda: len(site.posts()) == 1)

    for browser in started.browsers():
        browser.kill()

    with pytest.raises(SessionLostError) as caught:
        await clicking
    assert caught.value.acted is None


async def test_a_cancelled_wait_ends_at_once_and_clicks_nothing_afterwards(host: BrowserHost, site: Site) -> None:
    site.page(
        "/",
        "<button disabled onclick=\"fetch('/clicked', {method: 'POST'})\">Go</button>",
    )
    await host.open("one")
    await page(host).open(site.url("/"), None)
    step = asyncio.create_task(page(host, "one", 60).click(BUTTON))
    await asyncio.sleep(0.3)

    step.cancel()

    async with asyncio.timeout(SOON):
        with pytest.raises(asyncio.CancelledError):
            await step
    await page(host).evaluate(ENABLE, None, None)
    assert await page(host).read(Target(css="button:not([disabled])"), None) == "Go"
    assert site.posts() == []


async def test_closing_a_session_ends_what_waits_in_it(host: BrowserHost, site: Site) -> None:
    await host.open("one")
    await page(host).open(site.url("/"), None)
    waiting = asyncio.create_task(page(host, "one", 60).click(NOWHERE))
    await asyncio.sleep(0.1)

    async with asyncio.timeout(SOON):
        await host.close("one")
        with pytest.raises(SessionLostError):
            await waiting

    assert host.sessions == ()


async def test_leaving_the_host_leaves_no_process_behind(site: Site, started: Started) -> None:
    async with BrowserHost() as host:
        await host.open("one")
        await page(host).open(site.url("/"), None)

    assert started.living() == []


async def test_a_cancelled_start_leaves_no_process_behind(started: Started) -> None:
    async with BrowserHost() as host:
        opening = asyncio.create_task(host.open("one"))
        await asyncio.sleep(0.1)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening

        assert host.sessions == ()

    assert started.living() == []


async def test_a_killed_robot_takes_its_browser_with_it(tmp_path: Path) -> None:
    program = tmp_path / "robot.py"
    program.write_text(
        "import asyncio\n"
        "from activities.drivers.playwright.host import BrowserHost\n"
        "async def main():\n"
        "    async with BrowserHost() as host:\n"
        "        await host.open('one')\n"
        "        print('ready', flush=True)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    robot = await asyncio.create_subprocess_exec(
        sys.executable, str(program), stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert robot.stdout is not None
    assert await robot.stdout.readline() == b"ready\n"
    children = psutil.Process(robot.pid).children(recursive=True)

    robot.send_signal(signal.SIGKILL)

    await robot.wait()
    assert len(children) > 1
    await eventually(lambda: all(not c.is_running() or c.status() == psutil.STATUS_ZOMBIE for c in children))


async def test_a_browser_that_cannot_start_is_told() -> None:
    async with BrowserHost(BrowserSettings(executable=Path("/bin/false"))) as host:
        with pytest.raises(SessionUnavailableError, match="'/bin/false' that is set does not start"):
            await host.open("one")


async def test_a_program_that_is_no_browser_is_told() -> None:
    async with BrowserHost(BrowserSettings(executable=Path("/bin/echo"))) as host:
        with pytest.raises(SessionUnavailableError, match="the browser does not start: it ended at once"):
            await host.open("one")


async def test_waiting_goes_on_in_the_tab_behind_when_a_page_closes_its_own(host: BrowserHost, site: Site) -> None:
    site.page("/", "<button onclick=\"window.open('/popup')\">Open</button><p>first")
    site.page("/popup", "popup")
    session = await host.open("one")
    await page(host).open(site.url("/"), None)
    await page(host).click(BUTTON)
    await eventually(lambda: len(session.context.pages) == 2)

    reading = asyncio.create_task(page(host).read(Target(css="p"), None))
    await session.context.pages[1].evaluate("() => void setTimeout(() => window.close(), 500)")

    assert await reading == "first"
