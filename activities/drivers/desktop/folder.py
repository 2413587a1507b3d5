"""The folder a desktop's programs share with their run: files are lent to them there, and taken from there."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from datetime import timedelta
from pathlib import Path

from activities.sessions.files import Workspace
from activities.workspace import safe_path
from workflows.errors import NodeFailedError, PathOutsideWorkspaceError

_LENT = 946_684_800
"""When files were last changed that no program has saved yet: a moment no program would write, in the year 2000."""
_LOOK = 0.1
_STILL = 0.3
"""Seconds for which a file must stay as it is to count as written."""


async def lend(workspace: Workspace, path: str, folder: Path, name: str | None = None) -> Path:
    """Copy a file of the run into the folder, where programs can change it; the run's own stays as it is."""
    place = await asyncio.to_thread(_inside, folder, name or path.rpartition("/")[2])
    async with workspace.reading(path) as file:
        await asyncio.to_thread(_copy, file, place)
    return place


async def saved(folder: Path, path: str, *, within: timedelta) -> Path:
    """Wait for a file that a program writes: until it is there, was saved since it was lent, and stays as it is.

    Raises:
        NodeFailedError: that does not come about in time.
        PathOutsideWorkspaceError: the path leads out of the folder.
    """
    end = time.monotonic() + within.total_seconds()
    since, before = time.monotonic(), None
    while True:
        place = await asyncio.to_thread(_inside, folder, path)
        state = await asyncio.to_thread(_state, place)
        now = time.monotonic()
        if state != before:
            since, before = now, state
        if state is not None and state[0] != _LENT and now - since >= _STILL:
            return place
        if now >= end:
            raise NodeFailedError(await asyncio.to_thread(_why, folder, path, state))
        await asyncio.sleep(_LOOK)


def _inside(folder: Path, path: str) -> Path:
    """Where a path leads; a program may have put a link in its way."""
    place = folder / safe_path(path)
    if not place.resolve().is_relative_to(folder.resolve()):
        raise PathOutsideWorkspaceError(
            f"expected a file in the desktop's folder, found {path!r}: a link leads out of it"
        )
    return place


def _copy(file: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, place)
    os.utime(place, (_LENT, _LENT))


def _state(place: Path) -> tuple[float, int] | None:
    """When a file was written and how long it is; None while there is none."""
    if not place.is_file():
        return None
    facts = place.stat()
    return facts.st_mtime, facts.st_size


def _why(folder: Path, path: str, state: tuple[float, int] | None) -> str:
    if state is None:
        names = sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())[:10]
        there = f"it has {', '.join(map(repr, names))}" if names else "it is empty"
        return f"no program has written {path!r} in the desktop's folder {str(folder)!r}; {there}"
    if state[0] == _LENT:
        return f"no program has saved {path!r} since it was lent to them"
    return f"a program is still writing {path!r}"
