"""How the activities of runs are ordered: how long robots may be silent, and what the end of one means."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from workflows.effects import Raised, Vanished
from workflows.failure import Stopped, ending_of

HEARTBEAT = timedelta(seconds=10)
"""A robot that is silent for so long in the middle of a step is taken for lost."""

PICK_UP = timedelta(seconds=8)
"""A robot that holds a session takes its steps at once; one that does not within this time is taken for lost."""

GRACE = timedelta(seconds=10)
"""Robots end a step at its timeout themselves; the server does so this much later."""

LEAVING = timedelta(seconds=3)
"""How long a run that is over waits for its robots to close its sessions, and for the pool to hear of it."""

ONE_ATTEMPT = RetryPolicy(maximum_attempts=1)
"""The machine decides what follows an attempt, never the server."""


def ending(work: asyncio.Task[Any]) -> Raised | Vanished | Stopped | None:
    """How an activity ended, unless it succeeded."""
    try:
        work.result()
    except asyncio.CancelledError:
        return Stopped()
    except ActivityError as error:
        return ending_of(error)
    return None
