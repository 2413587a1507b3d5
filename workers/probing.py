"""Whether a robot can do its work: it tries on itself what the steps of runs need."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from workers.hosts import SessionHost
from workflows.call import SessionRequest
from workflows.errors import RobotError

_PATIENCE = 45.0


async def probe(scratch: Path, hosts: Mapping[str, SessionHost]) -> str:
    """Write a file and open a session of each kind; say what does not work, if anything."""
    tried = ""
    try:
        await asyncio.to_thread(_write, scratch / f"probe-{uuid4().hex}")
        for tried, host in hosts.items():
            await asyncio.wait_for(_open(tried, host), _PATIENCE)
    except TimeoutError:
        return f"no {tried} session opens in time"
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


async def _open(capability: str, host: SessionHost) -> None:
    session = f"probe-{uuid4().hex}"
    try:
        await host.open(SessionRequest(session=session, run="", run_id="", document="", capability=capability))
    finally:
        await host.close(session)
