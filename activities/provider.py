"""How a robot lends a session to a step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

from activities.node import Capability
from activities.sessions.files import Workspace
from workflows.call import PageMark, StepCall

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Provider(Generic[S]):
    """One capability that a robot offers, and how a step gets it."""

    capability: Capability[S]
    open: Callable[[StepCall, Workspace | None], AbstractAsyncContextManager[S]]
    """Lends a session for one step; the workspace is None for nodes that touch no files.

    Nothing has been done yet when it fails. It may open something new (a connection) or find what the run
    already holds (a page).
    """
    left: Callable[[StepCall], Awaitable[PageMark | None]] | None = None
    """Tells where a step that is done left its page, so that the page can be had again elsewhere."""
