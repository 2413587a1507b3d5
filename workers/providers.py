"""Which driver serves which capability: the robot's composition root."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from activities.artifacts import ArtifactStore
from activities.drivers.browsers import FoundBrowser, MissingBrowser, find_browser
from activities.drivers.desktop.host import DesktopHost
from activities.evidence import Videos, evidence_directory, local_evidence
from activities.fingerprints import local_fingerprints
from activities.heals import local_heals
from activities.provider import Provider
from activities.sealing import Seal
from activities.secrets import Mask
from activities.sessions.browser import BROWSER, Page
from activities.sessions.files import Workspace
from workers.desktops import desktop_provider, find_stations
from workers.families import offered_families
from workers.hosts import Browsers, Desktops, SessionHost
from workers.settings import Settings
from workflows.call import FileEntry, StepCall
from workflows.errors import ConfigurationError, SessionLostError

if TYPE_CHECKING:
    from activities.drivers.playwright.evidence import Witness
    from activities.drivers.playwright.healing.memory import Memory
    from activities.drivers.playwright.host import BrowserHost
    from activities.drivers.playwright.mark import Marks

_HOST_PROGRAM = (sys.executable, "-P", "-m", "workers.browser_host")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Offers:
    """What this robot can do."""

    providers: tuple[Provider[Any], ...]
    hosts: Mapping[str, Callable[[Mask], SessionHost]] = field(default_factory=dict)
    """What holds its sessions, by capability; what they show must be nothing that the mask knows."""
    browser: FoundBrowser | None = None
    """What its pages are in; None on a robot without a browser."""
    desktop: str | None = None
    """How it drives programs with windows; None where it cannot."""

    @property
    def capabilities(self) -> tuple[str, ...]:
        """By name."""
        return tuple(provider.capability.name for provider in self.providers)


@asynccontextmanager
async def offered(
    settings: Settings, artifacts: ArtifactStore, seal: Seal, *, scratch: Path | None = None
) -> AsyncIterator[Offers]:
    """Have what the settings ask for and the machine has, for as long as the block lasts.

    Raises:
        ConfigurationError: nothing is left to offer, or the browser that was set is not there.
    """
    providers = _session_free(settings)
    hosts: dict[str, Callable[[Mask], SessionHost]] = {}
    async with AsyncExitStack() as stack:
        browser = await _find_browser(settings) if "browser" in settings.robot.capabilities else None
        if browser is not None:
            pages, hosts["browser"] = await stack.enter_async_context(_browsing(settings, artifacts, seal, scratch))
            providers.append(pages)
        stations = find_stations(settings) if "desktop" in settings.robot.capabilities else None
        if stations is not None:
            desktops = await stack.enter_async_context(DesktopHost(stations))
            evidence = local_evidence(settings.artifacts, seal, largest=settings.evidence.largest)
            providers.append(desktop_provider(desktops, evidence, programs=settings.robot.desktop_programs))
            hosts["desktop"] = lambda _: Desktops(desktops)
        if not providers:
            raise ConfigurationError(
                "this robot has nothing to offer; name what it shall do in 'robot.capabilities', "
                "and see `aether doctor` for what this machine lacks"
            )
        yield Offers(tuple(providers), hosts, browser, stations.technology if stations is not None else None)


@asynccontextmanager
async def _browsing(
    settings: Settings, artifacts: ArtifactStore, seal: Seal, scratch: Path | None
) -> AsyncIterator[tuple[Provider[Page], Callable[[Mask], SessionHost]]]:
    """Have pages in a browser of this robot's own."""
    from activities.drivers.playwright.evidence import Witness  # noqa: PLC0415 - slow to load, not needed everywhere
    from activities.drivers.playwright.film import Films  # noqa: PLC0415 - the same
    from activities.drivers.playwright.healing.journal import Journal  # noqa: PLC0415 - the same
    from activities.drivers.playwright.healing.memory import Memory  # noqa: PLC0415 - the same
    from activities.drivers.playwright.mark import Marks  # noqa: PLC0415 - the same

    async with _browser_host(settings, seal, scratch) as host:
        marks = Marks(host, artifacts, seal)
        evidence = local_evidence(settings.artifacts, seal, largest=settings.evidence.largest)
        witness = Witness(host, evidence, scratch)
        memory: Memory | None = None
        if settings.robot.healing != "off":
            journal = Journal(local_heals(settings.artifacts), evidence)
            memory = Memory(local_fingerprints(settings.artifacts), journal, alone=settings.robot.healing == "auto")
        videos = Videos(evidence_directory(settings.artifacts), seal)

        def pages(mask: Mask) -> SessionHost:
            return Browsers(host, marks, Films(videos, mask, largest=settings.evidence.largest))

        yield browser_provider(host, marks, witness, memory), pages


@asynccontextmanager
async def closing(offers: Offers) -> AsyncIterator[None]:
    """Have what is offered give back, at the end of the block, what it keeps between steps."""
    try:
        yield
    finally:
        for provider in offers.providers:
            if provider.close is not None:
                await provider.close()


def _session_free(settings: Settings) -> list[Provider[Any]]:
    providers: list[Provider[Any]] = []
    for family in offered_families(settings):
        if family.missing is not None:
            log.warning("capability.missing", capability=family.capability, reason=family.missing)
            continue
        providers.append(family.provider(settings))
    return providers


def browser_provider(
    host: BrowserHost,
    marks: Marks | None = None,
    witness: Witness | None = None,
    memory: Memory | None = None,
) -> Provider[Page]:
    """Lend a run's own page to its steps.

    With marks, it can be had again elsewhere; with a witness, steps that fail leave evidence; with a memory, they
    know their elements again.
    """

    @asynccontextmanager
    async def lend(call: StepCall, workspace: Workspace | None) -> AsyncIterator[Page]:
        if call.session is None:
            raise SessionLostError(f"step {call.step!r} came without a session; every browser step needs one")
        held, time = host.find(call.session.id), timedelta(seconds=call.timeout)
        async with held.turn:
            held.refuse_stale(call.session.lease)
            async with (
                witness.watching(call) if witness else nullcontext(),
                memory.recalling(call) if memory else nullcontext() as recall,
            ):
                try:
                    yield host.page(held.id, timeout=time, workspace=workspace, recall=recall)
                finally:
                    await host.note(held.id)

    async def show(call: StepCall) -> AsyncIterator[tuple[str, FileEntry]]:
        for kind, entry in memory.shown(call).items() if memory else ():
            yield kind, entry
        if witness is not None:
            async for kind, entry in witness.evidence(call):
                yield kind, entry

    return Provider(
        BROWSER,
        lend,
        left=marks.left if marks else None,
        healed=memory.healed if memory else None,
        evidence=show if witness or memory else None,
    )


def _browser_host(settings: Settings, seal: Seal, scratch: Path | None) -> BrowserHost:
    from activities.drivers.playwright.host import (  # noqa: PLC0415 - slow to load, and not needed everywhere
        BrowserHost,
        BrowserSettings,
    )
    from activities.drivers.playwright.hosting.apart import HostSettings  # noqa: PLC0415 - the same
    from activities.drivers.playwright.hosting.lodging import Outside  # noqa: PLC0415 - the same

    robot = settings.robot
    return BrowserHost(
        BrowserSettings(
            executable=robot.browser,
            engine=robot.engine,
            headed=robot.headed,
            slow_motion=robot.slow,
            max_sessions=robot.max_sessions,
            traces=scratch / "traces" if scratch else None,
        ),
        Outside(
            HostSettings(
                home=settings.state / "browsers" / settings.robot_id(),
                program=_HOST_PROGRAM,
                linger=robot.browser_linger,
                memory=robot.browser_memory,
                recycle=robot.browser_recycle,
            ),
            seal,
        )
        if robot.browser_host == "process"
        else None,
    )


async def _find_browser(settings: Settings) -> FoundBrowser | None:
    robot = settings.robot
    match await find_browser(robot.browser, headed=robot.headed, engine=robot.engine):
        case FoundBrowser(executable=executable, version=version, origin=origin) as found:
            log.info("browser.found", executable=str(executable), version=version, origin=origin)
            return found
        case MissingBrowser(reason=reason, remedy=remedy):
            if robot.browser:
                raise ConfigurationError(f"setting 'robot.browser': {reason}; {remedy}")
            if robot.engine != "chromium":
                raise ConfigurationError(f"setting 'robot.engine': {reason}; {remedy}")
            log.warning("browser.missing", reason=reason, remedy=remedy)
            return None
