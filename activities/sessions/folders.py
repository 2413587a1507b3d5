"""What nodes need of the folders that a robot's host shares with its runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol, TypeAlias

from pydantic import Field

from activities.node import Capability
from activities.sessions.files import Workspace

FolderName: TypeAlias = Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")]
"""What a setting calls a folder."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One file of a folder, as it was when it was looked at."""

    path: str
    """Where it is in the folder, with `/` between folders."""
    size: int
    modified: datetime


class Folders(Protocol):
    """The folders of a host by name; a path is relative to its folder and never leaves it."""

    @property
    def workspace(self) -> Workspace:
        """The files of the run."""

    async def find(self, folder: str, pattern: str) -> tuple[Seen, ...]:
        """List the files that match, but none that is hidden or still being written by name.

        Raises:
            InvalidParamsError: the robot has no folder of this name.
        """

    async def fetch(self, folder: str, path: str, target: Path) -> None:
        """Copy a file from a folder.

        Raises:
            InvalidFileError: there is none.
        """

    async def deliver(self, folder: str, files: Mapping[str, Path], *, replace: bool) -> tuple[str, ...]:
        """Put files into a folder, each whole or not at all; give the paths that were not there already.

        Raises:
            InvalidFileError: another file is there, and is not to be replaced.
        """

    async def move(self, folder: str, path: str, to: str) -> None:
        """Give a file of a folder another path in it, at once.

        Raises:
            InvalidFileError: there is none.
            InvalidFileError: another file is there.
        """

    async def delete(self, folder: str, path: str) -> bool:
        """Remove a file of a folder; whether there was one."""


FOLDERS: Capability[Folders] = Capability("folders", workspace=True)
"""Folders of the robot's host."""
