"""Waiting for a condition instead of for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

_PAUSE = 0.02


async def eventually(condition: Callable[[], bool], *, within: timedelta = timedelta(seconds=60)) -> None:
    """Return as soon as the condition holds; fail when it does not in time."""
    async with asyncio.timeout(within.total_seconds()):
        while not condition():  # noqa: ASYNC110 - a condition of the world outside of the loop
            await asyncio.sleep(_PAUSE)
