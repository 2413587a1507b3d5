"""What the programs of a desktop show, with targets for all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from activities.drivers.desktop.search import branches
from activities.drivers.desktop.suggest import Described, suggest
from activities.drivers.desktop.toolkit import Toolkit
from activities.sessions.desktop import Facts
from workflows.regex.pattern import unmetered


@dataclass(frozen=True, slots=True)
class Inspected:
    """One program, and all that can be seen of it."""

    program: str
    """The name of its process."""
    pid: int
    controls: Sequence[Described]


async def inspect(
    toolkit: Toolkit, *, app: str | None = None, title: str | None = None, depth: int = 60
) -> list[Inspected]:
    """Describe the programs of a desktop: all, or those of a name, or those with a window of a title.

    Targets are such that they name one control among all of its program, since that is where steps look.
    """
    programs: dict[int, list[Facts]] = {}
    for window in await toolkit.windows():
        programs.setdefault(window.pid, []).append(window)
    names = {pid: await asyncio.to_thread(_name, pid) for pid in programs}
    chosen = [
        pid
        for pid, windows in programs.items()
        if (app is None or app.casefold() in names[pid].casefold())
        and (title is None or any(unmetered().search(title, window.name) for window in windows))
    ]
    found: list[Inspected] = []
    for pid in chosen:
        trees = await asyncio.gather(*(branches(toolkit, window, depth) for window in programs[pid] if window.visible))
        found.append(Inspected(names[pid], pid, suggest(branch for tree in trees for branch in tree)))
    return found


def _name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return ""
