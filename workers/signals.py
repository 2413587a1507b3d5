"""Being asked to stop by the system or a person at the keyboard."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def on_stop(callback: Callable[[], None]) -> Iterator[None]:
    """Call back, in the event loop, on each SIGINT and SIGTERM for as long as the block lasts."""
    with on_signal(lambda _: callback()):
        yield


@contextmanager
def on_signal(callback: Callable[[signal.Signals], None]) -> Iterator[None]:
    """Call back as `on_stop` does, with which of them it was."""
    loop = asyncio.get_running_loop()

    def receive(number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(callback, signal.Signals(number))

    previous = {number: signal.signal(number, receive) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
