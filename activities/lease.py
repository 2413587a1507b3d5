"""How a robot holds a session for a run, and how long without word from the server that it is held for."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from datetime import timedelta

from workflows.errors import SessionLostError, StaleLeaseError


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

    @property
    def until(self) -> float:
        """The moment of this module's clock at which it is over, unless it is renewed."""
        return self._until

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


class HeldSession:
    """A session as one robot process holds it: for a run, with a lease, until it is lost."""

    def __init__(self, session_id: str, kind: str) -> None:
        self.id = session_id
        self.kind = kind
        """The capability, e.g. `browser`."""
        self.run = ""
        """The Temporal workflow id of whom it is held for."""
        self.number = 0
        """That of the lease it is held with; 0 where no pool has given any."""
        self.claimed = True
        """Whether its run knows that this robot holds it."""
        self.turn = asyncio.Lock()
        """Steps take it one after the other."""
        self.lease = Lease(self.lose)
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def claim(self, lease: int) -> None:
        """Have it held for its run with a lease.

        Raises:
            StaleLeaseError: it is held with a later one.
        """
        if lease < self.number:
            raise StaleLeaseError(f"{self._named()} is held with lease {self.number} by now; {lease} is over")
        self.number, self.claimed = lease, True

    def refuse_stale(self, lease: int) -> None:
        """Make sure that a step comes from whom the session is held for now.

        Raises:
            StaleLeaseError: it does not.
        """
        if not self.claimed:
            raise StaleLeaseError(f"{self._named()} was left by a robot that is gone; its run has not taken it up yet")
        if lease != self.number:
            raise StaleLeaseError(f"{self._named()} is held with lease {self.number}; this step came with {lease}")

    @property
    def lost_because(self) -> str | None:
        """Why the session is dead; None while it lives."""
        self.lease.check()
        return self._lost.result() if self._lost.done() else None

    @property
    def loss(self) -> asyncio.Future[str]:
        """Done when the session is dead; says why."""
        return self._lost

    def refuse_if_lost(self) -> None:
        """Make sure that the session is alive.

        Raises:
            SessionLostError: it is not.
        """
        if self.lost_because is not None:
            raise SessionLostError(f"the {self.kind} session is lost: {self.lost_because}")

    def lose(self, reason: str) -> None:
        """Declare the session dead."""
        if not self._lost.done():
            self._lost.set_result(reason)

    def _named(self) -> str:
        return f"the {self.kind} session {self.id!r}"


def now() -> float:
    """Seconds of a clock that goes on while the machine sleeps, where there is one."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
