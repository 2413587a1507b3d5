"""The work of a browser host: one browser, there for the robot of its place and for that robot's successors."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import suppress
from importlib.metadata import version

import playwright.async_api as pw
import psutil

from activities.drivers.playwright.hosting.note import HostNote, HostOrder, Launch, read_order
from activities.drivers.playwright.hosting.place import Claim, Place
from activities.drivers.playwright.patience import first_line, settle
from activities.private import private_directory

_LOOK = 1.0
"""How often is looked whether there is a robot, in seconds."""


async def serve(place: Place) -> None:
    """Have a browser until it ends, this process is told to end, or there was no robot for a while."""
    told = asyncio.Event()
    _listen(told)
    order = read_order(place)
    _settle_in(place)
    async with pw.async_playwright() as playwright:
        try:
            browser = await launched(playwright, order.launch, place)
            endpoint = (await browser.bind(order.incarnation))["endpoint"]
        except pw.Error as error:
            _say(place, order, failure=first_line(error))
            return
        if sys.platform != "win32" and not endpoint.startswith(f"{place.path}/"):
            _say(place, order, failure=f"its socket would be in {endpoint!r}, where others may reach it")
            return
        browser.on("disconnected", lambda _: told.set())
        _say(place, order, endpoint=endpoint)
        claim = await _end_of_use(place, told, linger=order.linger)
        await settle(browser.close())
    if claim.take():
        claim.abandon()


async def launched(playwright: pw.Playwright, launch: Launch, place: Place) -> pw.Browser:
    """Start a browser whose files are all in the place."""
    engines = {"chromium": playwright.chromium, "firefox": playwright.firefox, "webkit": playwright.webkit}
    return await engines[launch.engine].launch(
        executable_path=launch.executable,
        headless=not launch.headed,
        slow_mo=launch.slow_motion * 1000,
        traces_dir=place.traces,
        downloads_path=place.temporary / "downloads",
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
    )


async def _end_of_use(place: Place, told: asyncio.Event, *, linger: float) -> Claim:
    """Wait until nobody needs the browser; the claim of a place that was left alone is taken: nobody gets it now."""
    claim = place.claim()
    alone_since: float | None = None
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), min(_LOOK, linger))
            return claim
        if not claim.take():
            alone_since = None
            continue
        alone_since = alone_since or time.monotonic()
        if time.monotonic() - alone_since >= linger:
            return claim
        claim.release()


def _say(place: Place, order: HostOrder, *, endpoint: str | None = None, failure: str | None = None) -> None:
    note = HostNote(
        incarnation=order.incarnation,
        pid=os.getpid(),
        created=psutil.Process().create_time(),
        playwright=version("playwright"),
        launch=order.launch,
        endpoint=endpoint,
        failure=failure,
    )
    place.write(place.note, note.model_dump_json().encode())


def _settle_in(place: Place) -> None:
    """Have the browser, and Playwright's driver, put all they make into the place."""
    os.umask(0o077)
    for directory in (place.sockets, place.temporary, place.traces):
        private_directory(directory)
    os.environ |= {
        "TMPDIR": str(place.temporary),
        "PWTEST_SOCKETS_DIR": str(place.sockets),
        "PWTEST_SERVER_REGISTRY": str(place.temporary / "registry"),
    }


def _listen(told: asyncio.Event) -> None:
    """End in order when told to; what is typed at the robot's terminal is for the robot."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
