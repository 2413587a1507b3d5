"""What browser sessions cost beside a browser inside of the robot, and whether any of it stays.

Run `python -m benchmarks.sessions [COUNT]`: first the ratios to a browser inside of the robot's own process, then the
time in which a successor has the pages of a robot that was killed, then COUNT sessions (2,000 by default) that are
opened, used and closed, five at a time, with what there is of processes, handles, memory and files after each tenth.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import psutil

from activities.drivers.playwright.host import BrowserHost, BrowserSettings
from activities.drivers.playwright.hosting import tree
from activities.drivers.playwright.hosting.memo import Memos
from activities.drivers.playwright.hosting.place import Place
from activities.sessions.browser import Page
from activities.sessions.target import Target
from tests.support.doomed import SEAL, begun, host_in, killed, lodging, put_up
from tests.support.pages import Site, running_site

ROUNDS = 15
SIDE_BY_SIDE = 5
FIELD = Target(label="Number")
_MIB = 2**20

Deed = Callable[[BrowserHost, str, Site], Awaitable[None]]


def page(host: BrowserHost, session: str) -> Page:
    """The view of one more step."""
    return host.page(session, timeout=timedelta(seconds=60))


async def visit(host: BrowserHost, session: str, site: Site) -> None:
    """A short session: a page is opened, a field is filled, and all of it closed."""
    await host.open(session, run="run", lease=1)
    await page(host, session).open(site.url("/form"), None)
    await page(host, session).fill(FIELD, "4711")
    await host.note(session)
    await host.close(session)


async def form(host: BrowserHost, session: str, site: Site) -> None:
    """Twenty steps in a session that is open."""
    await page(host, session).open(site.url("/form"), None)
    await host.note(session)
    for number in range(19):
        await page(host, session).fill(FIELD, str(number))
        await host.note(session)


async def seconds(deed: Awaitable[None]) -> float:
    """How long something takes."""
    began = time.perf_counter()
    await deed
    return time.perf_counter() - began


async def compared(inside: BrowserHost, apart: BrowserHost, site: Site) -> list[str]:
    """Both kinds in turns, so that what else the machine does hits both."""
    lines = []
    for host in (inside, apart):
        await host.open("form")
    deeds: dict[str, Deed] = {
        "open, one step, close": visit,
        "a form of 20 steps": lambda host, _, site: form(host, "form", site),
    }
    for what, deed in deeds.items():
        times: dict[BrowserHost, list[float]] = {inside: [], apart: []}
        for number in range(ROUNDS):
            for host, taken in times.items():
                taken.append(await seconds(deed(host, f"visit-{number}", site)))
        ours, theirs = (statistics.median(times[host]) * 1000 for host in (apart, inside))
        lines.append(f"{what:<28}{ours:8.1f} ms{theirs:8.1f} ms inside{ours / theirs:8.2f}x")
    return lines


async def noting(apart: BrowserHost, place: Place) -> str:
    """What a step that changed something costs more, and one that did not."""
    session = apart.find("form")
    memos = Memos(place, SEAL)
    changed, same = [], []
    for number in range(200):
        session.paging = str(number)
        changed.append(await seconds(memos.keep(session.memo())))
        same.append(await seconds(memos.keep(session.memo())))
    return (
        f"memo of a session: {statistics.median(changed) * 1000:.2f} ms where something is new, "
        f"{statistics.median(same) * 1000:.3f} ms where nothing is"
    )


async def returned(home: Path, site: Site) -> str:
    """How soon a successor has the page of a robot that was killed, from the moment on that it looks for it."""
    await killed(await begun(home, site))
    async with BrowserHost(lodging=lodging(home)) as successor:
        taken = await seconds(_recovered(successor))
    return f"a successor has the pages of a killed robot after {taken:.2f} s"


async def _recovered(host: BrowserHost) -> None:
    assert await host.recover()  # noqa: S101 - else the figure says nothing


async def curve(home: Path, site: Site, count: int) -> None:
    """Sessions that come and go, and what stays."""
    settings = BrowserSettings(max_sessions=SIDE_BY_SIDE)
    place = await asyncio.to_thread(Place.of, home)
    print(f"{'sessions':>9}{'processes':>11}{'handles':>9}{'browser MiB':>13}{'robot MiB':>11}{'files':>7}{'per s':>7}")
    async with BrowserHost(settings, lodging(home)) as host:
        done, step = 0, max(1, count // 10)
        while done < count:
            began = time.perf_counter()
            for _ in range(step // SIDE_BY_SIDE or 1):
                names = [f"session-{done + number}" for number in range(SIDE_BY_SIDE)]
                await asyncio.gather(*(visit(host, name, site) for name in names))
                done += SIDE_BY_SIDE
            rate = step / (time.perf_counter() - began)
            print(await _row(host, place, done, rate), flush=True)


async def _row(host: BrowserHost, place: Place, done: int, rate: float) -> str:
    await host.open("looking")
    note, own = await host_in(place), psutil.Process()
    root = psutil.Process(note.pid)
    handles = sum(process.num_fds() for process in (root, *root.children(), own, *own.children()))
    cells = (
        f"{done:>9,}{len(root.children(recursive=True)):>11}{handles:>9}{tree.weight(note.pid) / _MIB:>13.0f}"
        f"{own.memory_full_info().uss / _MIB:>11.0f}{len([*place.path.rglob('*')]):>7}{rate:>7.1f}"
    )
    await host.close("looking")
    return cells


async def main(count: int) -> None:
    """Measure, and print."""
    with tempfile.TemporaryDirectory(prefix="aether-") as name, running_site() as site:
        put_up(site)
        home = Path(name)
        async with BrowserHost() as inside, BrowserHost(lodging=lodging(home / "a")) as apart:
            lines = await compared(inside, apart, site)
            place = await asyncio.to_thread(Place.of, home / "a")
            lines.append(await noting(apart, place))
        lines.append(await returned(home / "b", site))
        print("\n".join(lines))
        await curve(home / "c", site, count)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000))
