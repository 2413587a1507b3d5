"""The place on the screen that a target by its looks means, waited for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from activities.drivers.desktop.looks import Sight
from activities.drivers.desktop.reach import Reach
from activities.drivers.desktop.sighted import facts_of
from activities.drivers.desktop.toolkit import StaleError, UnsupportedError
from activities.sessions.control import Control
from activities.sessions.desktop import Facts, Rect
from workflows.errors import ElementAmbiguousError, ElementNotFoundError, InvalidParamsError

_COMING_FORWARD = 0.3
"""Seconds that a window takes to be drawn in front of others."""


class Glance:
    """Looks for what a target by its looks means, inside of some controls or in all windows of the program."""

    def __init__(self, reach: Reach, target: Control, around: Callable[[], Awaitable[Sequence[Facts]]]) -> None:
        if reach.workspace is None:
            raise InvalidParamsError("this step has no files of the run to look for")
        self._reach = reach
        self._target = target
        self._around = around
        self._sight = Sight(reach.toolkit, reach.workspace)

    async def wait(self) -> Facts:
        """Wait for the one place that looks so.

        Raises:
            ElementNotFoundError: there is none in time.
            ElementAmbiguousError: there are several.
        """
        missing: ElementNotFoundError | None = None
        several: ElementAmbiguousError | None = None
        longest = 0.0
        async for _ in self._reach.deadline.looks():
            if self._reach.deadline.left < longest:
                break  # to look takes a while: once more would not be over in time
            began = time.monotonic()
            try:
                return facts_of(await self._sight.place(self._target, await self._areas()))
            except ElementNotFoundError as error:
                missing = error
            except ElementAmbiguousError as error:
                if several is not None:
                    raise
                several = error  # one window may still be closing as another opens
            longest = max(longest, time.monotonic() - began)
        raise missing or several or ElementNotFoundError(f"no place on the screen shows {self._target}")

    async def all(self) -> Sequence[Facts]:
        """The places that look so now."""
        return [facts_of(seen) for seen in await self._sight.places(self._target, await self._areas())]

    async def _areas(self) -> Sequence[Rect]:
        """The parts of the screen to look at, with the program in front of others."""
        await come_forward(self._reach)
        areas: list[Rect] = []
        for facts in await self._around():
            with suppress(StaleError, UnsupportedError):
                areas.append(await self._reach.toolkit.rect(facts.ref))
        return areas


async def come_forward(reach: Reach) -> None:
    """Have the program in front of others, unless it is: what is looked at must be seen."""
    windows = [window for window in await reach.windows() if window.visible]
    front = [window for window in windows if window.focused]
    with suppress(StaleError, UnsupportedError):
        if front:
            await reach.toolkit.reveal(front[-1].ref)
        elif windows:
            await reach.toolkit.reveal(windows[-1].ref)
            await asyncio.sleep(_COMING_FORWARD)
