"""What steps that work with a server's files tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from activities.node import Result
from activities.sessions.transfer import RemoteFile


class Remote(Result):
    """One file or folder on a server."""

    path: str
    """Its path, as the server is asked for it."""
    name: str
    """The last part of the path."""
    size: int
    """How long it is, in bytes; 0 for a folder."""
    folder: bool
    """Whether it is a folder."""
    modified: str | None
    """When it was changed last, as far as the server tells: `2026-03-31T08:00:00Z`."""


class Remotes(Result):
    """What was found, sorted by path."""

    files: tuple[Remote, ...]
    """Each file and folder."""
    count: int
    """How many there are."""


class Copied(Result):
    """One file that was copied."""

    path: str
    """Its path in the run's workspace."""
    remote: str
    """Its path on the server."""
    size: int
    """How long it is, in bytes."""


class Copies(Result):
    """What was copied, in the order of paths."""

    path: str | None
    """The file in the run's workspace; the first of several, null for none."""
    files: tuple[Copied, ...]
    """Each file."""
    count: int
    """How many there are."""
    size: int
    """How long all of them are together, in bytes."""


class Placed(Result):
    """Where it is now."""

    path: str
    """The new path."""


class Found(Result):
    """Whether it is there."""

    exists: bool
    """Whether there is anything at the path."""
    folder: bool
    """Whether it is a folder."""


class Removed(Result):
    """What was done."""

    count: int
    """How many there were."""


class Made(Result):
    """What was done."""

    made: bool
    """Whether it was not there before."""


def described(place: RemoteFile) -> Remote:
    """What is told of a file to its run."""
    modified = place.modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if place.modified else None
    return Remote(
        path=place.path, name=place.name, size=place.size, folder=place.kind == "folder", modified=modified
    )  # fmt: skip


def listing(found: Sequence[RemoteFile]) -> Remotes:
    """What is told of several files."""
    return Remotes(files=tuple(map(described, found)), count=len(found))


def copies(copied: Sequence[Copied]) -> Copies:
    """What is told of files that were copied."""
    return Copies(
        path=copied[0].path if copied else None,
        files=tuple(copied),
        count=len(copied),
        size=sum(each.size for each in copied),
    )
