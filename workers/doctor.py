"""What could stop a run: checks of this installation, each with its remedy."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from temporalio.client import Client

from activities.drivers.browsers import MissingBrowser, check_browsers, install_browser
from activities.drivers.desktops import EXTRA, check_desktop, install_desktop
from activities.drivers.packages import Check as MachineCheck
from workers.checkup import Check, check_temporal
from workers.client import ConnectionFailedError, connect
from workers.families import Family, offered_families
from workers.keys import local_secrets
from workers.settings import Settings
from workflows.errors import AetherError

_ENOUGH = 1024**3
_TOO_LITTLE = 100 * 1024**2
_NEEDED = frozenset({"playwright", "browser"})


async def examine(settings: Settings) -> list[Check]:
    """Check everything; the checks of Temporal end with the first that makes the others pointless."""
    return [check async for check in _checks(settings)]


async def install(settings: Settings, report: Callable[[str], None]) -> list[Check]:
    """Get what this machine lacks of what robots shall offer: a browser, and desktops where their extra is there."""
    robot, checks = settings.robot, []
    if "browser" in robot.capabilities:
        found = await install_browser(report, headed=robot.headed, engine=robot.engine)
        if isinstance(found, MissingBrowser):
            checks.append(Check("browser", found.reason, ok=False, remedy=found.remedy))
        else:
            checks.append(Check("browser", f"{found.version} at {found.executable}"))
    if "desktop" in robot.capabilities:
        missing = await install_desktop(report)
        if missing is None:
            checks.append(_taken(await asyncio.to_thread(check_desktop)))
        elif missing.remedy != EXTRA or robot.capabilities == ("desktop",):  # most robots need none
            checks.append(Check("desktop", missing.reason, ok=False, remedy=missing.remedy, stops_runs=False))
    return checks


async def _checks(settings: Settings) -> AsyncIterator[Check]:
    try:
        client: Client | None = await connect(settings)
    except ConnectionFailedError as error:
        client = None
        yield Check("temporal", error.message, ok=False, remedy="start a server with `aether dev`")
    if client is not None:
        async for check in check_temporal(client):
            yield check
    if "browser" in settings.robot.capabilities:
        robot = settings.robot
        for each in await check_browsers(robot.browser, headed=robot.headed, engine=robot.engine):
            yield _taken(each)
    if "desktop" in settings.robot.capabilities:
        yield _taken(await asyncio.to_thread(check_desktop))
    for family in offered_families(settings):
        if family.extra is not None:
            yield _check_family(family)
    yield await asyncio.to_thread(_check_state, settings)
    yield await asyncio.to_thread(_check_disk, settings)
    yield await asyncio.to_thread(_check_secrets, settings)


def _check_family(family: Family) -> Check:
    """Tell whether an optional family of nodes is installed; a robot without it is in order."""
    lacking = family.missing
    return Check(family.capability, f"not offered: {lacking}" if lacking else "installed")


def _taken(check: MachineCheck) -> Check:
    return Check(check.name, check.found, ok=check.ok, remedy=check.remedy, stops_runs=check.name in _NEEDED)


def _check_state(settings: Settings) -> Check:
    folder = _existing(settings.state)
    if os.access(folder, os.W_OK):
        return Check("state directory", str(settings.state))
    return Check(
        "state directory",
        f"{str(folder)!r} cannot be written",
        ok=False,
        remedy="change its owner, or choose another with --state (AETHER_STATE)",
    )


def _check_disk(settings: Settings) -> Check:
    free = shutil.disk_usage(_existing(settings.state)).free
    detail = f"{free / 1024**3:.1f} GiB free"
    if free >= _ENOUGH:
        return Check("disk", detail)
    return Check("disk", detail, ok=False, remedy="make room for files of runs", stops_runs=free < _TOO_LITTLE)


def _check_secrets(settings: Settings) -> Check:
    try:
        names = local_secrets(settings).names()
    except AetherError as error:
        return Check("secrets", error.message, ok=False, remedy="see what the message says", stops_runs=True)
    return Check("secrets", f"{len(names)} kept in {settings.secrets}" if names else "none kept")


def _existing(path: Path) -> Path:
    """The nearest directory that is there already."""
    return next(folder for folder in (path, *path.parents) if folder.is_dir())
