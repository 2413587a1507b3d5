"""Keep Temporal informed while a node works; without it a dead robot goes unnoticed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, NoReturn, TypeVar

import structlog
from temporalio import activity

from activities.lease import now

T = TypeVar("T")

_log: structlog.stdlib.BoundLogger = structlog.get_logger()


class LimitReachedError(Exception):
    """Some work took longer than it may."""


class StoodStillError(Exception):
    """Nothing was done for so long that the server must have taken this robot for lost: the machine was frozen."""


class CancelledItselfError(Exception):
    """Some work ended as if it had been cancelled, but nobody did."""


async def supervise(work: Coroutine[Any, Any, T], *, limit: float, interval: timedelta, grace: timedelta) -> T:
    """Do some work to its end with heartbeats all the while.

    Ends as soon as the work is done, its limit (in seconds) is reached, heartbeats are no longer possible, none was
    sent for too long, or the activity is cancelled. Work that has to be stopped gets a short grace to tidy up, and is
    left behind after that: whoever cancels a run must not wait for code that does not listen.

    Raises:
        LimitReachedError: the work took too long.
        StoodStillError: this process woke up after its run has gone on without it.
    """
    task = asyncio.create_task(work)
    pulse = asyncio.create_task(_beat(_pace(interval)))
    try:
        await asyncio.wait({task, pulse}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if task.cancelled():
            raise CancelledItselfError("it cancelled itself")  # as a cancelled step, it would pass for somebody's wish
        if task.done():
            return task.result()
        if pulse.done():
            pulse.result()
        raise LimitReachedError
    finally:
        pulse.cancel()
        await _stop(task, grace)


async def _stop(task: asyncio.Task[Any], grace: timedelta) -> None:
    if task.done():
        return
    task.cancel()
    task.add_done_callback(_look_at)
    await asyncio.wait({task}, timeout=grace.total_seconds())
    if not task.done():
        _log.warning("step.abandoned", grace=grace.total_seconds())


def _look_at(task: asyncio.Task[Any]) -> None:
    """Take note of how a stopped task ended, so that asyncio does not complain that nobody did."""
    if not task.cancelled():
        task.exception()


async def _beat(interval: timedelta) -> NoReturn:
    patience = activity.info().heartbeat_timeout or timedelta.max
    while True:
        asleep = now()
        await asyncio.sleep(interval.total_seconds())
        if now() - asleep > patience.total_seconds():
            raise StoodStillError
        activity.heartbeat()


def _pace(interval: timedelta) -> timedelta:
    """Beat at least three times within the server's patience."""
    patience = activity.info().heartbeat_timeout
    return min(interval, patience / 3) if patience else interval
