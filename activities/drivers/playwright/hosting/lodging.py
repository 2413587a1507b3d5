"""Where a robot's browser lives: inside of the robot, or in a process of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import playwright.async_api as pw
import psutil
from typing_extensions import override

from activities.drivers.playwright.hosting.apart import Apart, HostSettings
from activities.drivers.playwright.hosting.memo import Memos
from activities.drivers.playwright.hosting.note import Launch
from activities.sealing import Seal

_CONNECT_TIME = 10_000.0
"""Milliseconds."""


class Lodging(Protocol):
    """Has one browser at a time."""

    @property
    def traces(self) -> Path | None:
        """Where traces are while they are recorded."""

    @property
    def memos(self) -> Memos | None:
        """What successors read of the sessions; None where the browser outlives nobody."""

    @property
    def memory(self) -> int | None:
        """How many bytes the browser may need before it takes no more sessions."""

    @property
    def recycle(self) -> int | None:
        """After how many sessions another browser is to take over."""

    async def find(self, launch: Launch) -> bool:
        """Look for the browser that another process of this robot has left."""

    async def prepare(self, launch: Launch) -> None:
        """Do what can be done before there is a driver."""

    async def begin(self, playwright: pw.Playwright, launch: Launch) -> pw.Browser:
        """Have the browser that was found, or else a new one."""

    async def weight(self) -> int:
        """The memory it needs now, in bytes; 0 where nobody counts."""

    async def end(self, *, force: bool = False) -> None:
        """End the browser; by force if it does not listen."""

    async def leave(self) -> None:
        """End it for good."""

    def dismiss(self) -> None:
        """The same for a robot that has no time to wait for it."""


class Inside(Lodging):
    """A browser of the robot's own driver: it ends with the robot, however that ends."""

    memos = None
    memory = None
    recycle = None

    def __init__(self, traces: Path | None = None) -> None:
        self._traces = traces

    @property
    @override
    def traces(self) -> Path | None:
        return self._traces

    @override
    async def find(self, launch: Launch) -> bool:
        return False

    @override
    async def prepare(self, launch: Launch) -> None:
        pass

    @override
    async def begin(self, playwright: pw.Playwright, launch: Launch) -> pw.Browser:
        engines = {"chromium": playwright.chromium, "firefox": playwright.firefox, "webkit": playwright.webkit}
        return await engines[launch.engine].launch(
            executable_path=launch.executable,
            headless=not launch.headed,
            traces_dir=self._traces,
            slow_mo=launch.slow_motion * 1000,
            handle_sigint=False,
            handle_sigterm=False,
            handle_sighup=False,
        )

    @override
    async def weight(self) -> int:
        return 0

    @override
    async def end(self, *, force: bool = False) -> None:
        """Leave it to the driver, which takes the browser with it."""

    @override
    async def leave(self) -> None:
        pass

    @override
    def dismiss(self) -> None:
        pass


class Outside(Lodging):
    """A browser host: the browser and all pages in it outlive the robot, for a while."""

    def __init__(self, settings: HostSettings, seal: Seal) -> None:
        self._settings = settings
        self._seal = seal
        self._apart = Apart(settings)
        self._memos: Memos | None = None

    @property
    @override
    def traces(self) -> Path | None:
        return self._apart.place.traces

    @property
    @override
    def memos(self) -> Memos | None:
        return self._memos

    @property
    @override
    def memory(self) -> int | None:
        return self._settings.memory if self._settings.memory is not None else psutil.virtual_memory().total // 2

    @property
    @override
    def recycle(self) -> int | None:
        return self._settings.recycle

    @override
    async def find(self, launch: Launch) -> bool:
        return await self._apart.find(launch)

    @override
    async def prepare(self, launch: Launch) -> None:
        await self._apart.use(launch)

    @override
    async def begin(self, playwright: pw.Playwright, launch: Launch) -> pw.Browser:
        note = await self._apart.use(launch)
        self._memos = Memos(self._apart.place, self._seal)
        engines = {"chromium": playwright.chromium, "firefox": playwright.firefox, "webkit": playwright.webkit}
        return await engines[note.launch.engine].connect(note.endpoint or "", timeout=_CONNECT_TIME)

    @override
    async def weight(self) -> int:
        return await self._apart.weight()

    @override
    async def end(self, *, force: bool = False) -> None:
        await self._apart.end(force=force)

    @override
    async def leave(self) -> None:
        await self._apart.leave()

    @override
    def dismiss(self) -> None:
        self._apart.dismiss()
