"""Looking: whether something is there, where it is, what it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from activities.drivers.desktop.candidates import described
from activities.drivers.desktop.glance import come_forward
from activities.drivers.desktop.hand import place
from activities.drivers.desktop.locate import locate, matches
from activities.drivers.desktop.reach import Reach
from activities.drivers.desktop.search import DEEPEST, branches
from activities.drivers.desktop.toolkit import UnresponsiveError, UnsupportedError
from activities.sessions.control import Control
from activities.sessions.desktop import Branch, Facts, Rect, State
from workflows.errors import ApplicationFailedError, ElementNotReadyError


class Eye:
    """What a step sees of a program."""

    _reach: Reach

    async def find(self, target: Control) -> Facts:
        """Wait for a control to be there and visible."""
        return await locate(self._reach, target)

    async def exists(self, target: Control, *, within: timedelta = timedelta()) -> bool:
        """Tell whether a control is there and visible, now or soon."""
        there: bool | None = False
        async for _ in self._reach.sooner(within.total_seconds()).deadline.looks():
            there = await self._there(target)
            if there:
                return True
        if there is None:
            raise self._reach.silent()
        return False

    async def wait(self, target: Control, state: State) -> None:
        """Wait until a control is so."""
        if state is State.GONE:
            await self.wait_gone(target)
            return
        facts: Facts | None = None
        async for _ in self._reach.deadline.looks():
            facts = await locate(self._reach, target)
            if _is(facts, state):
                return
        raise ElementNotReadyError(
            f"{target} does not come to be {state}: it is {described(facts) if facts else 'gone'}", target=str(target)
        )

    async def wait_gone(self, target: Control) -> None:
        """Wait until a control is not to be seen any more."""
        there: bool | None = None
        async for _ in self._reach.deadline.looks():
            there = await self._there(target)
            if there is False:
                return
        if there is None:
            raise self._reach.silent()
        raise ElementNotReadyError(f"{target} is still there", target=str(target))

    async def rect(self, target: Control) -> Rect:
        """Tell where a control is on the screen."""
        return await place(self._reach, target, await locate(self._reach, target))

    async def screenshot(self, target: Control | None = None) -> bytes:
        """Take a picture of a control, or of the whole screen."""
        self._reach.see_desktop()
        if target is not None:
            await come_forward(self._reach)
        rect = None if target is None else await self.rect(target)
        return await self._reach.toolkit.screenshot(rect)

    async def tree(self, target: Control | None = None, *, depth: int = DEEPEST) -> Sequence[Branch]:
        """Give what is inside of a control, or of all windows of the program."""
        if target is not None:
            roots: Sequence[Facts] = [await locate(self._reach, target)]
        else:
            roots = [window for window in await self._reach.windows() if window.visible]
        found = await asyncio.gather(*(branches(self._reach.toolkit, root, depth) for root in roots))
        return [branch for each in found for branch in each]

    async def table(self, target: Control, *, most: int) -> list[list[str]]:
        """Read the cells of a table."""
        facts = await locate(self._reach, target)
        try:
            return await self._reach.toolkit.rows(facts.ref, most)
        except UnsupportedError:
            raise ElementNotReadyError(
                f"{target} is {described(facts)}, which has no rows to read: choose what holds them", target=str(target)
            ) from None

    async def read_clipboard(self) -> str:
        """Read the text on the clipboard."""
        self._reach.see_desktop()
        return await self._reach.toolkit.read_clipboard()

    async def write_clipboard(self, text: str) -> None:
        """Put a text on the clipboard."""
        self._reach.see_desktop()
        await self._reach.toolkit.write_clipboard(text)

    async def _there(self, target: Control) -> bool | None:
        """Whether a control is there and visible; None where the program does not say."""
        if self._reach.ending is not None:
            return False
        try:
            return bool(await matches(self._reach, target))
        except ApplicationFailedError:
            return False
        except UnresponsiveError:
            return None


def _is(facts: Facts, state: State) -> bool:
    return {
        State.VISIBLE: facts.visible,
        State.ENABLED: facts.enabled,
        State.DISABLED: not facts.enabled,
        State.CHECKED: facts.checked is True,
        State.UNCHECKED: facts.checked is False,
    }.get(state, False)
