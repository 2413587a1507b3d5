"""A robot that sets a session up in its browser host, is in the middle of two steps, and is killed there."""

from __future__ import annotations

import asyncio
import sys
import threading
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psutil

from activities.drivers.playwright.host import BrowserHost, BrowserSettings
from activities.drivers.playwright.hosting.apart import HostSettings
from activities.drivers.playwright.hosting.lodging import Outside
from activities.drivers.playwright.hosting.note import HostNote, read_note
from activities.drivers.playwright.hosting.place import Place
from activities.sealing import Seal
from activities.sessions.browser import Page
from activities.sessions.profile import DialogOrder, Geolocation, Grant, Surroundings
from activities.sessions.target import Target
from activities.sessions.traffic import Rule
from tests.support.pages import Answer, Site
from tests.support.repository import ROOT

SEAL = Seal(bytes(32))
SESSION = "one"
FORGOTTEN = "two"
"""A session whose run does not come back."""
LEASE = 3
NUMBER = Target(label="Number")
PAY = Target(role="button", name="Pay")
TYPED = "0123456789" * 20

_FORM = """
<label>Number <input></label> <button onclick="out.textContent = confirm('Sure?')">Ask</button> <p id=out></p>
"""
_ORDERS = """
<button disabled onclick="fetch('/paid', {method: 'POST'})">Pay</button>
<script>fetch('/ready').then(() => document.querySelector('button').disabled = false)</script>
"""


def put_up(site: Site) -> threading.Event:
    """The pages that the robot uses; what it wants to click can be clicked as soon as the event is set."""
    site.put("/in", Answer(b"in", headers={"Content-Type": "text/html", "Set-Cookie": "visitor=ann"}))
    site.page("/form", _FORM)
    site.page("/orders", _ORDERS)
    return site.hold("/ready", "now")


def lodging(
    home: Path, *, linger: timedelta = timedelta(seconds=30), recycle: int = 500, memory: int | None = None
) -> Outside:
    """A place for a browser outside of its robot."""
    program = (sys.executable, "-P", "-m", "workers.browser_host")
    return Outside(HostSettings(home=home, program=program, linger=linger, recycle=recycle, memory=memory), SEAL)


async def host_in(place: Place) -> HostNote:
    """What the browser host of a place says of itself."""
    note = await asyncio.to_thread(read_note, place)
    assert note is not None
    return note


def left_in(place: Place) -> list[int]:
    """The processes that live in a place."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and str(place.path) in " ".join(process.cmdline()):
                found.append(process.pid)
    return found


async def begun(home: Path, site: Site, *, linger: float = 30.0) -> Process:
    """Start the robot, and wait until it is in the middle of its steps."""
    robot = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.doomed", str(home), site.url(), str(linger), stdout=PIPE, cwd=ROOT
    )
    assert robot.stdout is not None
    while (line := await robot.stdout.readline()) != b"ready\n":  # the others are its log
        assert line
    return robot


async def killed(robot: Process) -> None:
    """End it as a power cut would."""
    robot.kill()
    await robot.wait()


async def _work(home: Path, site: str, linger: float) -> None:
    async with BrowserHost(BrowserSettings(), lodging(home, linger=timedelta(seconds=linger))) as host:
        await host.open(SESSION, run="run", lease=LEASE)
        await host.open(FORGOTTEN, run="another", lease=LEASE)

        def page() -> Page:
            return host.page(SESSION, timeout=timedelta(seconds=60))

        await page().open(f"{site}in", None)
        await page().open_tab("orders", f"{site}orders")
        await page().open_tab("form", f"{site}form")
        await page().profile.answer(DialogOrder(message="Sure?", accept=True))
        await page().profile.surround(
            Surroundings(
                geolocation=Geolocation(latitude=48.5, longitude=9.0),
                grant=Grant(origin=site.rstrip("/"), permissions=("geolocation",)),
            )
        )
        await page().traffic.rule(Rule(urls=("/blocked",)))
        await host.note(SESSION)
        paying = asyncio.create_task(page().named("orders").click(PAY))
        typing = asyncio.create_task(
            page().named("form").type(TYPED, NUMBER, clear=False, pause=timedelta(milliseconds=100))
        )
        await asyncio.sleep(1.0)  # in the middle of both
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.gather(paying, typing)


if __name__ == "__main__":
    asyncio.run(_work(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])))
