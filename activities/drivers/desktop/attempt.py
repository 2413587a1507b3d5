"""Programs that an earlier attempt of a step has started."""

from __future__ import annotations

import asyncio
from hashlib import sha256

import psutil

from activities.drivers.desktop.reach import Reach
from workflows.errors import InvalidParamsError

_MARK = "AETHER_LAUNCH"
"""The environment variable that tells which step a program was started by."""


def marked(environment: dict[str, str], key: str) -> dict[str, str]:
    """An environment that tells which step it is from."""
    return {**environment, _MARK: _digest(key)}


async def make_room(reach: Reach, name: str) -> None:
    """See that a name is free for a new program: what an earlier attempt of the same step has started is ended.

    Raises:
        InvalidParamsError: another step's program has the name.
    """
    pid = reach.station.apps.get(name)
    if pid is None or reach.station.ending(pid) is not None:
        return
    if await asyncio.to_thread(_mark_of, pid) != _digest(reach.key):
        raise InvalidParamsError(
            f"a program called {name!r} runs already: close it first, or call this one otherwise (app)"
        )
    await reach.station.kill(pid)


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:16]


def _mark_of(pid: int) -> str | None:
    try:
        return psutil.Process(pid).environ().get(_MARK)
    except (psutil.Error, OSError):
        return None
