"""How a robot lends a session to a step."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from activities.node import Capability
from activities.sessions.files import Workspace
from workflows.call import FileEntry, Heal, PageMark, StepCall

S = TypeVar("S")

Evidence: TypeAlias = Callable[[StepCall], AsyncIterator[tuple[str, FileEntry]]]
"""Gives what shows how a step went, piece by piece."""


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
    healed: Callable[[StepCall], Sequence[Heal]] | None = None
    """Tells which elements a step that is done found again although its targets do not name them any more."""
    evidence: Evidence | None = None
    """Shows how a step that has just ended went, most telling first: whoever asks may not wait for all of it."""
    close: Callable[[], Awaitable[None]] | None = None
    """Gives back what it keeps between steps; no step uses it any more."""
