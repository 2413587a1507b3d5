"""What could stop a run: checks of this installation, each with its remedy."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from temporalio.client import Client

from activities.drivers.browsers import Engine, MissingBrowser, check_browsers, install_browser
from activities.drivers.local_secrets import LocalSecrets
from workers.checkup import Check, check_temporal
from workers.client import ConnectionFailedError, connect
from workers.families import Family, offered_families
from workers.settings import Settings
from workflows.errors import AetherError

_ENOUGH = 1024**3
_TOO_LITTLE = 100 * 1024**2
_NEEDED = frozenset({"playwright", "browser"})


async def examine(settings: Settings) -> list[Check]:
    """Check everything; the checks of Temporal end with the first that makes the others pointless."""
    return [check async for check in _checks(settings)]


async def install(report: Callable[[str], None], *, headed: bool = False, engine: Engine = "chromium") -> Check:
    """Get the browser that this machine lacks."""
    found = await install_browser(report, headed=headed, engine=engine)
    if isinstance(found, MissingBrowser):
        return Check("browser", found.reason, ok=False, remedy=found.remedy)
    return Check("browser", f"{found.version} at {found.executable}")


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
            yield Check(each.name, each.found, ok=each.ok, remedy=each.remedy, stops_runs=each.name in _NEEDED)
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
        names = LocalSecrets(settings.secrets, settings.secrets_key, key=settings.key_text()).names()
    except AetherError as error:
        return Check("secrets", error.message, ok=False, remedy="see what the message says", stops_runs=True)
    return Check("secrets", f"{len(names)} kept in {settings.secrets}" if names else "none kept")


def _existing(path: Path) -> Path:
    """The nearest directory that is there already."""
    return next(folder for folder in (path, *path.parents) if folder.is_dir())
