"""Controls found in the trees that programs tell of."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from activities.drivers.desktop.match import fits, folded, is_label
from activities.drivers.desktop.toolkit import StaleError, Toolkit, UnsupportedError
from activities.sessions.control import Control
from activities.sessions.desktop import Branch, Facts

DEEPEST = 60
"""Levels that are looked at: no real window is as deep, and a broken one may be without end."""
MOST = 20_000
"""Controls that are looked at in one search."""
ENDLESS = 2000
"""Children from which on a control does not tell of all."""


@dataclass
class Search:
    """One look at what is below some controls."""

    toolkit: Toolkit
    target: Control
    hidden: bool = False
    """Whether what is not visible counts too."""
    seen: list[Facts] = field(default_factory=list)
    """What was looked at."""

    async def below(self, roots: Sequence[Facts]) -> list[Facts]:
        """The controls inside of some that match, in the order of their programs; labels of others that match aside."""
        found = await asyncio.gather(*(self._inside(root, 1, matched=False) for root in roots))
        return self._chosen([facts for each in found for facts in each])

    async def among(self, windows: Sequence[Facts]) -> list[Facts]:
        """The windows, and the controls inside of them, that match."""
        found = await asyncio.gather(*(self._at(window, 1, matched=False) for window in windows))
        return self._chosen([facts for each in found for facts in each])

    def _chosen(self, found: list[Facts]) -> list[Facts]:
        found = without_labels(found)
        number = self.target.found_index
        return found if number is None else found[number - 1 : number]

    async def _at(self, facts: Facts, depth: int, *, matched: bool) -> list[Facts]:
        if not (facts.visible or self.hidden):
            return []
        self.seen.append(facts)
        fit = fits(self.target, facts, depth) and not (matched and is_label(facts))
        inside = await self._inside(facts, depth + 1, matched=matched or fit)
        return [facts, *inside] if fit else inside

    async def _inside(self, facts: Facts, depth: int, *, matched: bool) -> list[Facts]:
        if not facts.children or depth > min(DEEPEST, self.target.depth or DEEPEST) or len(self.seen) > MOST:
            return []
        if facts.children > ENDLESS and self.target.control_type not in {None, "DataItem"}:
            return []
        try:
            if facts.children > ENDLESS and self.target.name is not None:
                return await self._cell(facts, self.target.name, depth)
            children = await self.toolkit.children(facts.ref)
        except (StaleError, UnsupportedError):
            return []
        found = await asyncio.gather(*(self._at(child, depth, matched=matched) for child in children))
        return [each for below in found for each in below]

    async def _cell(self, table: Facts, name: str, depth: int) -> list[Facts]:
        cell = await self.toolkit.named(table.ref, folded(name))
        return [cell] if cell is not None and fits(self.target, cell, depth) else []


def without_labels(found: list[Facts]) -> list[Facts]:
    """Controls without the texts beside them that gave them their names."""
    named = {facts.name for facts in found if not is_label(facts)}
    return [facts for facts in found if not (is_label(facts) and facts.name in named)]


async def branches(toolkit: Toolkit, root: Facts, deepest: int, *, depth: int = 0) -> list[Branch]:
    """A control and all visible ones inside of it, each with its depth."""
    inside: list[list[Branch]] = []
    if depth < min(deepest, DEEPEST) and root.children:
        try:
            children = await toolkit.children(root.ref)
        except (StaleError, UnsupportedError):
            children = []
        inside = await asyncio.gather(
            *(branches(toolkit, child, deepest, depth=depth + 1) for child in children if child.visible)
        )
    return [Branch(depth, root), *(branch for each in inside for branch in each)]
