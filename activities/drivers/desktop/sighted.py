"""Places on the screen in the place of controls, for what programs do not tell of."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from typing_extensions import override

from activities.drivers.desktop.looks import Seen, words_at
from activities.drivers.desktop.toolkit import Toolkit, UnsupportedError
from activities.sessions.desktop import Facts, MouseButton, Rect
from workflows.errors import ConfigurationError

_PLACE = re.compile(r"place:(-?\d+),(-?\d+),(\d+),(\d+)")


def facts_of(seen: Seen) -> Facts:
    """What is known of a place that was seen."""
    rect = seen.rect
    return Facts(f"place:{rect.x},{rect.y},{rect.width},{rect.height}", "Custom", seen.words)


class Sighted(Toolkit):
    """A toolkit that takes places on the screen for controls: they can be clicked, pictured and read, and no more."""

    def __init__(self, toolkit: Toolkit) -> None:
        self._toolkit = toolkit

    @property
    @override
    def environment(self) -> Mapping[str, str]:
        return self._toolkit.environment

    @override
    async def missed(self, pids: Collection[int]) -> bool:
        return await self._toolkit.missed(pids)

    @override
    async def windows(self) -> Sequence[Facts]:
        return await self._toolkit.windows()

    @override
    async def deaf(self, pids: Collection[int]) -> bool:
        return await self._toolkit.deaf(pids)

    @override
    async def children(self, ref: str) -> Sequence[Facts]:
        return [] if _rect(ref) else await self._toolkit.children(ref)

    @override
    async def named(self, ref: str, name: str) -> Facts | None:
        return await self._toolkit.named(ref, name)

    @override
    async def facts(self, ref: str) -> Facts:
        rect = _rect(ref)
        return facts_of(Seen(rect, "")) if rect else await self._toolkit.facts(ref)

    @override
    async def invoke(self, ref: str) -> None:
        if _rect(ref):
            raise UnsupportedError("it is but a place on the screen")
        await self._toolkit.invoke(ref)

    @override
    async def value(self, ref: str) -> str:
        rect = _rect(ref)
        return await words_at(self._toolkit, rect) if rect else await self._toolkit.value(ref)

    @override
    async def editable(self, ref: str) -> bool | None:
        return None if _rect(ref) else await self._toolkit.editable(ref)

    @override
    async def set_value(self, ref: str, value: str) -> None:
        _refuse(ref, "filled, since nobody could see whether it holds the value: click it, and type")
        await self._toolkit.set_value(ref, value)

    @override
    async def toggle(self, ref: str) -> None:
        _refuse(ref, "switched, since nobody could see whether it is on: click it")
        await self._toolkit.toggle(ref)

    @override
    async def select(self, ref: str) -> None:
        _refuse(ref, "selected: click it")
        await self._toolkit.select(ref)

    @override
    async def expand(self, ref: str, *, open: bool) -> None:
        _refuse(ref, "unfolded, since nobody could see whether it is: click it")
        await self._toolkit.expand(ref, open=open)

    @override
    async def rows(self, ref: str, most: int) -> list[list[str]]:
        _refuse(ref, "read as a table: read its words")
        return await self._toolkit.rows(ref, most)

    @override
    async def focus(self, ref: str) -> None:
        if _rect(ref):
            raise UnsupportedError("it is but a place on the screen")
        await self._toolkit.focus(ref)

    @override
    async def reveal(self, ref: str) -> None:
        if not _rect(ref):
            await self._toolkit.reveal(ref)

    @override
    async def rect(self, ref: str) -> Rect:
        return _rect(ref) or await self._toolkit.rect(ref)

    @override
    async def in_view(self, ref: str, rect: Rect) -> Rect:
        return rect if _rect(ref) else await self._toolkit.in_view(ref, rect)

    @override
    async def blocker(self, ref: str) -> str | None:
        return None if _rect(ref) else await self._toolkit.blocker(ref)

    @override
    async def click(self, x: int, y: int, button: MouseButton, count: int) -> None:
        await self._toolkit.click(x, y, button, count)

    @override
    async def drag(self, source: tuple[int, int], target: tuple[int, int]) -> None:
        await self._toolkit.drag(source, target)

    @override
    async def keys(self, keys: str) -> None:
        await self._toolkit.keys(keys)

    @override
    async def type(self, text: str) -> None:
        await self._toolkit.type(text)

    @override
    async def screenshot(self, rect: Rect | None) -> bytes:
        return await self._toolkit.screenshot(rect)

    @override
    async def close_window(self, ref: str) -> None:
        await self._toolkit.close_window(ref)

    @override
    async def read_clipboard(self) -> str:
        return await self._toolkit.read_clipboard()

    @override
    async def write_clipboard(self, text: str) -> None:
        await self._toolkit.write_clipboard(text)


def _rect(ref: str) -> Rect | None:
    """The place that a reference is of; None for a control."""
    place = _PLACE.fullmatch(ref)
    return Rect(*map(int, place.groups())) if place else None


def _refuse(ref: str, what: str) -> None:
    if _rect(ref):
        raise ConfigurationError(f"a place found by its looks cannot be {what}")
