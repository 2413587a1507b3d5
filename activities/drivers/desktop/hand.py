"""Pressing, clicking, typing and dragging."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from activities.drivers.desktop.candidates import described
from activities.drivers.desktop.keys import parse
from activities.drivers.desktop.locate import locate, ready
from activities.drivers.desktop.match import is_label
from activities.drivers.desktop.reach import Reach
from activities.drivers.desktop.toolkit import StaleError, UnresponsiveError, UnsupportedError
from activities.sessions.control import Control
from activities.sessions.desktop import CLICK, Facts, Rect, Stroke
from workflows.errors import ApplicationFailedError, ElementNotReadyError, RobotError

T = TypeVar("T")
_CRASHING = 0.5
"""Seconds within which it is known how a program without windows has ended."""


async def using(reach: Reach, target: Control, act: Callable[[Facts], Awaitable[T]]) -> T:
    """Do something with a control once it is enabled; look again if it was replaced before anything was done.

    A StaleError of `act` means that nothing was done yet; what may have done something says so by another error.
    """
    async for _ in reach.deadline.looks():
        facts = await ready(reach, target)
        try:
            return await act(facts)
        except StaleError:
            continue
        except UnresponsiveError:
            raise reach.silent(acted=None) from None
    raise ElementNotReadyError(f"{target} is replaced again and again before it can be used", target=str(target))


@asynccontextmanager
async def acting(reach: Reach, target: Control | None) -> AsyncIterator[None]:
    """Something begins to be done: what goes wrong from here on may have had an effect."""
    try:
        yield
    except (StaleError, UnsupportedError) as error:
        if reach.ending is not None:
            raise reach.ended(acted=None) from error
        what = f"{target} vanished while it was used" if target else "the program's window vanished while it was used"
        raise RobotError(f"{what}: {error}; see what has become of it", acted=None, target=str(target)) from error
    except UnresponsiveError:
        raise reach.silent(acted=None) from None


async def press(reach: Reach, target: Control, facts: Facts, stroke: Stroke = CLICK) -> None:
    """Press a control as its program says it is pressed, or click it."""
    if stroke == CLICK:
        try:
            await reach.toolkit.invoke(facts.ref)
        except UnsupportedError:
            await click(reach, target, facts, stroke)
        except UnresponsiveError:
            await _ending_well(reach)
    else:
        await click(reach, target, facts, stroke)


async def click(reach: Reach, target: Control, facts: Facts, stroke: Stroke = CLICK) -> None:
    """Click a control with the mouse."""
    await reach.toolkit.reveal(facts.ref)
    whole = await place(reach, target, facts)
    view = await reach.toolkit.in_view(facts.ref, whole)
    x, y = _point(whole, stroke.at) if stroke.at else _point(view)
    if not (view.x <= x < view.x + view.width and view.y <= y < view.y + view.height) and facts.pid:
        raise ElementNotReadyError(
            f"{target} is scrolled out of view where it shall be clicked: scroll to it first", target=str(target)
        )
    async with acting(reach, target):
        await reach.toolkit.click(x, y, stroke.button, stroke.count)


async def place(reach: Reach, target: Control, facts: Facts) -> Rect:
    """Where a control is on the screen."""
    try:
        return await reach.toolkit.rect(facts.ref)
    except UnsupportedError as error:
        raise ElementNotReadyError(
            f"{target} cannot be clicked: {error}; scroll to it, or open what it is in", target=str(target)
        ) from error


async def writable(reach: Reach, target: Control, facts: Facts) -> None:
    """Wait until a control is not one that its program says is read-only: keys would be lost on it."""
    async for _ in reach.deadline.looks():
        if await reach.toolkit.editable(facts.ref) is not False:
            return
    raise ElementNotReadyError(
        f"{target} is read-only, so it takes no text: what has to be done before it can be changed?",
        target=str(target),
        reason="read-only",
    )


async def focus(reach: Reach, target: Control, facts: Facts) -> None:
    """Have a control take what is typed."""
    try:
        await reach.toolkit.focus(facts.ref)
    except UnsupportedError:
        await click(reach, target, facts)
        if is_label(facts) and not (await reach.toolkit.facts(facts.ref)).focused:
            raise ElementNotReadyError(
                f"{target} is {described(facts)}, which takes no text: name the field beside it", target=str(target)
            ) from None


async def face(reach: Reach) -> None:
    """Have a window of the program take what is typed, unless one does."""
    try:
        windows = [window for window in await reach.telling() if window.visible]
    except UnresponsiveError:
        raise reach.silent() from None
    if not windows:
        raise ApplicationFailedError(f"the program {reach.app!r} shows no window to type in", app=reach.app)
    if not any(window.focused for window in windows):
        await reach.toolkit.focus(windows[-1].ref)


class Hand:
    """What a step does with keys and mouse."""

    _reach: Reach

    async def invoke(self, target: Control, stroke: Stroke = CLICK) -> None:
        """Press or click a control once it is enabled, and see that its program lives through it."""
        await using(self._reach, target, lambda facts: press(self._reach, target, facts, stroke))
        await _lived(self._reach)

    async def send_keys(self, keys: str, target: Control | None = None) -> None:
        """Press keys, in a control if one is given."""
        parse(keys)
        await self._typed(target, lambda: self._reach.toolkit.keys(keys))

    async def type(self, text: str, target: Control | None = None) -> None:
        """Type a text as it is."""
        await self._typed(target, lambda: self._reach.toolkit.type(text), text=True)

    async def drag(self, source: Control, target: Control) -> None:
        """Drag a control onto another."""
        reach = self._reach

        async def act(facts: Facts) -> None:
            onto = await locate(reach, target)
            await reach.toolkit.reveal(onto.ref)
            await reach.toolkit.reveal(facts.ref)
            begin, end = await place(reach, source, facts), await place(reach, target, onto)
            async with acting(reach, source):
                await reach.toolkit.drag(_point(begin), _point(end))

        await using(reach, source, act)

    async def _typed(
        self, target: Control | None, typing: Callable[[], Awaitable[None]], *, text: bool = False
    ) -> None:
        reach = self._reach

        async def act(facts: Facts) -> None:
            if text:
                await writable(reach, target or Control(name=facts.name), facts)
            await focus(reach, target or Control(name=facts.name), facts)
            async with acting(reach, target):
                await typing()

        if target is not None:
            await using(reach, target, act)
        else:
            await face(reach)
            async with acting(reach, None):
                await typing()
        await _heard(reach)


async def _heard(reach: Reach) -> None:
    """Let the program take what was typed before it is asked for anything else: it does one after the other."""
    with suppress(RobotError, StaleError, UnsupportedError, UnresponsiveError):
        await reach.windows()


async def _lived(reach: Reach) -> None:
    """See that a program does not crash at what it was told; one that is busy with it is left to that."""
    async for _ in reach.deadline.sooner(_CRASHING).looks():
        if reach.ending is not None:
            break
        with suppress(RobotError, StaleError, UnsupportedError, UnresponsiveError):
            if await reach.windows():
                return
    if reach.crashed:
        raise reach.ended(acted=True)


async def _ending_well(reach: Reach) -> None:
    """A program that ends because something of it was pressed cannot say that it was."""
    async for _ in reach.deadline.sooner(1).looks():
        if reach.ended_well:
            return
        if reach.ending is not None:
            raise reach.ended(acted=None)
    raise reach.silent(acted=None)


def _point(rect: Rect, at: tuple[int, int] | None = None) -> tuple[int, int]:
    return (rect.x + at[0], rect.y + at[1]) if at else (rect.x + rect.width // 2, rect.y + rect.height // 2)
