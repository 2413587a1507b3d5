"""Pictures that documents name, looked for in what a screen or a page shows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from activities.drivers import vision
from activities.sessions.files import Workspace
from workflows.errors import WorkspaceFileError

CONFIDENCE = 0.9
"""How alike a picture must be unless a document says otherwise."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Where a picture is found, and how near the rest comes."""

    places: tuple[vision.Match, ...]
    """Those that are alike enough, the most alike first."""
    best: vision.Match | None
    """What is most alike, be it enough or not."""
    least: float
    """How alike it had to be."""

    def near(self, at: str) -> str:
        """What comes closest, which is at some place, in words."""
        if self.best is None:
            return "nothing is"
        return f"the most alike, at {at}, is so by {self.best.score:.2f}, but {self.least} is needed"


async def look_for(
    path: str, workspace: Workspace, shot: bytes, *, confidence: float | None, scales: Sequence[float] = ()
) -> Likeness:
    """Look for a picture of the run's files at about its size, or at other `scales` too.

    Raises:
        WorkspaceFileError: there is no such file, or nothing that could be looked for in it.
    """
    async with workspace.reading(path) as file:
        picture = await asyncio.to_thread(file.read_bytes)
    try:
        found = await vision.matches(picture, shot, scales=scales)
    except ValueError as error:
        raise WorkspaceFileError(f"the picture {path!r} cannot be looked for: {error}") from None
    least = CONFIDENCE if confidence is None else confidence
    return Likeness(tuple(match for match in found if match.score >= least), found[0] if found else None, least)
