"""Whether a robot can do its work: it tries on itself what the steps of runs need."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from workflows.errors import RobotError

if TYPE_CHECKING:
    from activities.drivers.playwright.host import BrowserHost

_PATIENCE = 45.0


async def probe(scratch: Path, browsers: BrowserHost | None) -> str:
    """Write a file and open a browser; say what does not work, if anything."""
    try:
        await asyncio.to_thread(_write, scratch / f"probe-{uuid4().hex}")
        if browsers is not None:
            await asyncio.wait_for(_open(browsers), _PATIENCE)
    except TimeoutError:
        return "the browser opens no session in time"
    except OSError as error:
        return f"no file can be written: {(error.strerror or str(error)).lower()}"
    except RobotError as error:
        return error.message
    return ""


def _write(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        file.write_bytes(bytes(64 * 1024))
    finally:
        file.unlink(missing_ok=True)


async def _open(browsers: BrowserHost) -> None:
    session = f"probe-{uuid4().hex}"
    try:
        await browsers.open(session)
    finally:
        await browsers.close(session)
