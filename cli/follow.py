"""Following a run: asking it how far it is until it ends, or until the person has seen enough."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum, auto
from typing import Any, Protocol

from temporalio.client import Client, RPCError, WorkflowHandle
from temporalio.service import RPCStatusCode

from workers.explaining import missing
from workers.records import outcome, progress_of
from workflows.call import ErrorValue
from workflows.ids import RunId
from workflows.progress import RunProgress
from workflows.start import RunResult

POLL = 0.25
"""Seconds between two looks at a run."""
_PASSING = frozenset({RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED})
"""What a server that restarts answers: worth waiting for."""
_SILENCE = 3.0
"""Seconds without a change after which it is asked who is missing."""


class Watcher(Protocol):
    """Shows a run to somebody."""

    def update(self, progress: RunProgress) -> None:
        """The run is so far."""

    def warn(self, words: str | None) -> None:
        """The run cannot go on; None: it can again."""

    async def interrupted(self, again: asyncio.Event) -> Choice:
        """Ask what to do after a Ctrl-C; `again` is set by a second one."""


class Choice(Enum):
    """What to do with a run nobody wants to watch any more."""

    DETACH = auto()
    CANCEL = auto()
    FOLLOW = auto()


class Left(Enum):
    """Why a run is not followed to its end."""

    DETACHED = auto()
    TIMED_OUT = auto()
    PARKED = auto()


@asynccontextmanager
async def interrupts() -> AsyncIterator[asyncio.Event]:
    """Turn Ctrl-C into an event for as long as the block lasts."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()
    before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(event.set))
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, before)


async def follow(
    client: Client, run: RunId, watcher: Watcher, *, interruption: asyncio.Event, seconds: float | None
) -> RunResult | ErrorValue | Left:
    """Watch a run until it ends, parks, takes too long for the watcher, or is left alone."""
    handle: WorkflowHandle[Any, RunResult] = client.get_workflow_handle(run, result_type=RunResult)
    ending = asyncio.create_task(_ending(handle))
    watch = asyncio.create_task(_watch(client, handle, watcher))
    try:
        return await _first(ending, watch, interruption, handle=handle, watcher=watcher, seconds=seconds)
    finally:
        ending.cancel()
        watch.cancel()


async def _first(  # noqa: PLR0913 - everything that can end the watching
    ending: asyncio.Task[RunResult | ErrorValue],
    watch: asyncio.Task[Left],
    interruption: asyncio.Event,
    *,
    handle: WorkflowHandle[Any, RunResult],
    watcher: Watcher,
    seconds: float | None,
) -> RunResult | ErrorValue | Left:
    deadline = asyncio.get_running_loop().time() + seconds if seconds is not None else None
    while True:
        interrupted = asyncio.create_task(interruption.wait())
        left = max(0.0, deadline - asyncio.get_running_loop().time()) if deadline is not None else None
        await asyncio.wait([ending, watch, interrupted], timeout=left, return_when=asyncio.FIRST_COMPLETED)
        interrupted.cancel()
        if ending.done():
            await _last_look(handle, watcher)
            return ending.result()
        if watch.done():
            return watch.result()
        if not interruption.is_set():
            return Left.TIMED_OUT
        interruption.clear()
        match await watcher.interrupted(interruption):
            case Choice.DETACH:
                return Left.DETACHED
            case Choice.CANCEL:
                await _cancel(handle)
            case Choice.FOLLOW:
                continue


async def _cancel(handle: WorkflowHandle[Any, RunResult]) -> None:
    try:
        await handle.cancel()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:  # it has ended meanwhile
            raise


async def _ending(handle: WorkflowHandle[Any, RunResult]) -> RunResult | ErrorValue:
    while True:
        try:
            return await outcome(handle)
        except RPCError as error:
            if error.status not in _PASSING:
                raise
            await asyncio.sleep(POLL)


async def _watch(client: Client, handle: WorkflowHandle[Any, RunResult], watcher: Watcher) -> Left:
    loop = asyncio.get_running_loop()
    seen: RunProgress | None = None
    changed = loop.time()
    while True:
        progress = await progress_of(handle)
        if progress is not None:
            watcher.update(progress)
        if progress is not None and progress.status == "parked":
            return Left.PARKED
        if progress is not None and progress != seen:
            seen, changed = progress, loop.time()
            watcher.warn(None)
        elif loop.time() - changed > _SILENCE:
            watcher.warn(await _missing(client, handle.id))
            changed = loop.time()
        await asyncio.sleep(POLL)


async def _missing(client: Client, run: str) -> str | None:
    try:
        return await missing(client, run)
    except RPCError as error:
        return f"Temporal does not answer: {error.message}"


async def _last_look(handle: WorkflowHandle[Any, RunResult], watcher: Watcher) -> None:
    progress = await progress_of(handle)
    if progress is not None:
        watcher.update(progress)
