"""How long to wait for Playwright, and how to give up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from copy import copy
from datetime import timedelta
from typing import Any

import playwright.async_api as pw

_SETTLE_TIME = 5.0
_USUAL_MARGIN = 0.5
_LONGEST_MARGIN = 2.0
_NOWHERE = "http://nowhere.invalid"


class Deadline:
    """When a step must have given up, a little before its time is over: the reason still has to be told."""

    def __init__(self, timeout: timedelta) -> None:
        seconds = timeout.total_seconds()
        margin = min(_LONGEST_MARGIN, max(seconds / 5, min(_USUAL_MARGIN, seconds / 3)))
        self._at = asyncio.get_running_loop().time() + seconds - margin
        self.explaining = margin * 0.8
        """Seconds there are to find out why it failed."""

    @property
    def left(self) -> float:
        """Seconds, never less than none."""
        return max(0.0, self._at - asyncio.get_running_loop().time())

    @property
    def left_ms(self) -> float:
        """Milliseconds for Playwright, never 0: that would mean for ever."""
        return max(1.0, self.left * 1000)

    @property
    def explaining_ms(self) -> float:
        """The same in milliseconds, never 0."""
        return max(1.0, self.explaining * 1000)

    @property
    def telling(self) -> float:
        """Seconds there are to find out and tell why it fails, if it gives up now."""
        return self.left + self.explaining

    @property
    def passed(self) -> bool:
        """Whether it is time to give up."""
        return self.left <= 0

    def moments(self, shares: Sequence[float]) -> Moments:
        """Moments of the time there is left."""
        now = asyncio.get_running_loop().time()
        return Moments([now + self.left * share for share in shares])

    def sooner(self, within: timedelta | None) -> Deadline:
        """The deadline of something that may take less time than the step."""
        if within is None:
            return self
        sooner = copy(self)
        sooner._at = min(self._at, asyncio.get_running_loop().time() + within.total_seconds())  # noqa: SLF001 - its own
        return sooner


class Moments:
    """Points of time that come one after the other."""

    def __init__(self, times: Sequence[float]) -> None:
        self._times = [*times]

    @property
    def over(self) -> bool:
        """Whether none is left."""
        return not self._times

    @property
    def due(self) -> bool:
        """Whether another of them has come since this was asked last."""
        now = asyncio.get_running_loop().time()
        coming = [time for time in self._times if time > now]
        due = len(coming) < len(self._times)
        self._times = coming
        return due


async def settle(ending: Coroutine[Any, Any, None]) -> None:
    """Wait for something to end, for a while, whatever becomes of it."""
    task = asyncio.ensure_future(ending)
    await asyncio.wait({task}, timeout=_SETTLE_TIME)
    if not task.done():
        task.cancel()
    elif not task.cancelled():
        task.exception()


def when_driver_ends(playwright: pw.Playwright, call: Callable[[], None]) -> None:
    """Have something called when Playwright's driver process ends; there is no public way to learn of it."""
    playwright._impl_obj._connection.on("close", call)  # noqa: SLF001


async def answers(context: pw.BrowserContext, *, within: float) -> bool:
    """Whether the browser answers a question about nothing; a context that is gone says nothing against it."""
    try:
        await asyncio.wait_for(context.cookies(_NOWHERE), within)
    except TimeoutError:
        return False
    except pw.Error:
        return True
    return True


def name_of(thing: pw.BrowserContext | pw.Page) -> str:
    """What the browser's driver calls a context or tab: the same for every process that is connected to it."""
    name: str = thing._impl_obj._guid  # noqa: SLF001 - there is no public name
    return name


def first_line(error: BaseException) -> str:
    """What an error says, without logs of what was done: those may hold what was typed."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    call, separator, said = lines[0].partition(": ")
    return (said if separator and "." in call and " " not in call else lines[0]).removeprefix("Error: ")


def is_gone(error: pw.Error) -> bool:
    """Whether what was spoken to is no longer there."""
    return any(
        words in error.message for words in ("has been closed", "Target crashed", "Page crashed", "Connection closed")
    )


def was_dispatched(error: pw.Error) -> bool:
    """Whether an action got beyond waiting for its element: Playwright's log of it says so."""
    return "performing click action" in error.message


def is_passing(error: pw.Error) -> bool:
    """Whether the page was just being replaced by another."""
    return any(
        words in error.message
        for words in (
            "Execution context was destroyed",
            "frame was detached",
            "Frame was detached",
            "Cannot find context",
        )
    )
