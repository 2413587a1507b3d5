"""How long something takes, on a machine that does other things as well."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

_TRIES = 4


async def quickest(measure: Callable[[], Awaitable[float]], *, within: float) -> float:
    """The least of a few measurements, in seconds, of which the first that is within a bound is the last.

    A machine that stands still for a moment makes one of them slow; what is slow itself makes all of them slow.
    """
    least = await measure()
    for _ in range(_TRIES - 1):
        if least < within:
            break
        least = min(least, await measure())
    return least
