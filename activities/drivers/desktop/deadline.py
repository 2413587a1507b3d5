"""How long a step on a desktop waits."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Self

_USUAL_MARGIN = 0.5
_LONGEST_MARGIN = 2.0
_FIRST_PAUSE = 0.02
_LONGEST_PAUSE = 0.25


class Deadline:
    """When a step must have given up, a little before its time is over: the reason still has to be found and told."""

    def __init__(self, timeout: timedelta) -> None:
        seconds = timeout.total_seconds()
        self.margin = min(_LONGEST_MARGIN, max(seconds / 5, min(_USUAL_MARGIN, seconds / 3)))
        """Seconds there are to find out why it failed."""
        self._at = asyncio.get_running_loop().time() + seconds - self.margin

    @property
    def left(self) -> float:
        """Seconds, never less than none."""
        return max(0.0, self._at - asyncio.get_running_loop().time())

    def sooner(self, seconds: float) -> Deadline:
        """The deadline of something that may take less time than the step."""
        sooner = Deadline(timedelta())
        sooner.margin = self.margin
        sooner._at = min(self._at, asyncio.get_running_loop().time() + seconds)
        return sooner

    def looks(self) -> Looks:
        """Moments to look whether something is so: often at first, then less, once more at the end."""
        return Looks(self)


class Looks:
    """Moments that come one after the other until the time is over; the first one is now."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._pause = 0.0
        self._over = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> None:
        if self._over:
            raise StopAsyncIteration
        await asyncio.sleep(min(self._pause, self._deadline.left))
        self._over = self._deadline.left <= 0
        self._pause = min(max(self._pause * 1.5, _FIRST_PAUSE), _LONGEST_PAUSE)
