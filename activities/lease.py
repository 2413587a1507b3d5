"""How long a session may be used without word from the server that it is held for."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from datetime import timedelta


class Lease:
    """The right to act in a session: without limit at first, and from its first renewal until the latest one is old.

    A run whose robot is silent goes on elsewhere. By then this robot must have stopped, be it cut off from the server
    or frozen and awake again: two would act for one run.
    """

    def __init__(self, end: Callable[[str], None]) -> None:
        self._end = end
        self._until = math.inf
        self._patience = timedelta.max
        self._timer: asyncio.TimerHandle | None = None

    def renew(self, *, since: float, patience: timedelta) -> None:
        """Let the session be used for some time after a moment of this module's clock."""
        self._until, self._patience = since + patience.total_seconds(), patience
        if self._timer is not None:
            self._timer.cancel()
        self._wait()

    def check(self) -> None:
        """End the session if its time is over; for whoever is about to act, however late timers are."""
        if now() >= self._until:
            seconds = self._patience.total_seconds()
            self._end(f"this robot had no word from Temporal for {seconds:g} s, and the run may go on elsewhere")

    def _wait(self) -> None:
        left = max(0.0, self._until - now())
        self._timer = asyncio.get_running_loop().call_later(left, self._ring)

    def _ring(self) -> None:
        self.check()
        if now() < self._until:
            self._wait()


def now() -> float:
    """Seconds of a clock that goes on while the machine sleeps, where there is one."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
