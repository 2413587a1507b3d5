"""The one thread that speaks to UI Automation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

PATIENCE = 20.0
"""Seconds that a program may take to answer."""

_Call: TypeAlias = "tuple[Future[Any], Callable[[], Any]]"


class HeldUpError(Exception):
    """A program keeps the caller waiting."""


class ComThread:
    """Runs calls one after the other on a thread of its own, on which COM is set up first.

    Whoever waits may stop waiting: a call that has not begun is not made then. A program can hold a call up, as one
    does that shows a dialog before it says that its button was pressed. Such a thread is left to itself and another
    takes over, or nobody could answer the dialog. All of them are of COM's multithreaded apartment and share its
    objects; none keeps this process from ending.
    """

    def __init__(self, begin: Callable[[], None]) -> None:
        self._begin = begin
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._working: _Call | None = None
        self._thread = self._take_over()

    async def do(self, call: Callable[[], T], *, patience: float = PATIENCE) -> T:
        """Make a call and wait for what it gives.

        Raises:
            HeldUpError: it has begun, and is not at its end when patience is.
        """
        done: Future[T] = Future()
        order: _Call = (done, call)
        self._calls.put(order)
        try:
            async with asyncio.timeout(patience):
                return await asyncio.wrap_future(done)
        except TimeoutError:
            if self._working is order:
                self._thread = self._take_over()
            raise HeldUpError from None

    def close(self) -> None:
        """End the thread once it has done what it was told before."""
        self._calls.put(None)

    def _take_over(self) -> Thread:
        thread = Thread(target=self._work, name="uiautomation", daemon=True)
        self._thread = thread
        thread.start()
        return thread

    def _work(self) -> None:
        own = self._thread
        failure = _failure_of(self._begin)
        while own is self._thread and (order := self._calls.get()) is not None:
            done, call = order
            if not done.set_running_or_notify_cancel():
                continue
            self._working = order
            if failure is not None:
                done.set_exception(failure)
            else:
                _answer(done, call)
            if self._working is order:
                self._working = None


def _failure_of(begin: Callable[[], None]) -> Exception | None:
    try:
        begin()
    except Exception as error:  # noqa: BLE001 - told to whoever makes a call
        return error
    return None


def _answer(done: Future[T], call: Callable[[], T]) -> None:
    try:
        result = call()
    except Exception as error:  # noqa: BLE001 - told to whoever waits
        done.set_exception(error)
    else:
        done.set_result(result)
