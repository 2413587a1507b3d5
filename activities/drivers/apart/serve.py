"""What runs in a process beside a robot: one function after the other, for as long as the robot lives."""

from __future__ import annotations

import logging
import os
import pickle
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeAlias

import psutil

from workflows.errors import AetherError, InvalidFileError

Order: TypeAlias = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]
Answer: TypeAlias = tuple[bool, Any]
"""Whether it went well, with what came of it or the error."""


def serve(memory: int) -> None:
    """Do what the robot orders on standard input, with so many bytes of memory."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints must not pass for an answer
    logging.disable()
    warnings.simplefilter("ignore")
    _limit(memory)
    orders: SimpleQueue[Order] = SimpleQueue()
    threading.Thread(target=_listen, args=(orders,), daemon=True).start()
    while True:
        pickle.dump(_answer(orders.get(), memory), answers)
        answers.flush()


def _answer(order: Order, memory: int) -> Answer:
    work, args, kwargs = order
    try:
        return True, work(*args, **kwargs)
    except AetherError as error:
        return False, error
    except MemoryError:
        return False, InvalidFileError(
            f"the document needs more than the {memory // 2**20} MiB of memory that one may take; split it"
        )
    except Exception as error:  # noqa: BLE001 - the edge of a process: whatever a library raises
        return False, _portable(error)


def _portable(error: Exception) -> Exception:
    """An error as the robot can read it, whatever it refers to."""
    told = OSError(*error.args) if isinstance(error, OSError) else RuntimeError(f"{type(error).__name__}: {error}")
    told.add_note("".join(traceback.format_exception(error)))
    return told


def _listen(orders: SimpleQueue[Order]) -> None:
    """Take orders, and end with the robot at once, whatever is being done."""
    try:
        while True:
            orders.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - from the robot that started this process
    except EOFError:
        for program in psutil.Process().children(recursive=True):
            program.kill()
    finally:
        os._exit(0)


def _limit(memory: int) -> None:
    if memory and sys.platform == "linux":
        import resource  # noqa: PLC0415 - not everywhere

        resource.setrlimit(resource.RLIMIT_DATA, (memory, resource.getrlimit(resource.RLIMIT_DATA)[1]))


if __name__ == "__main__":
    serve(int(sys.argv[1]))
