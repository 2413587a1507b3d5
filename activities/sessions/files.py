"""What nodes need of a run's files."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from activities.node import Capability
from workflows.call import FileEntry


class Workspace(Protocol):
    """The files of one run, named by relative POSIX paths; what a step changes is kept when it succeeds."""

    def reading(self, path: str) -> AbstractAsyncContextManager[Path]:
        """Lend a copy of a file under its own name, to read for as long as the block lasts."""

    def writing(self, path: str) -> AbstractAsyncContextManager[Path]:
        """Lend a place to write; what is there at the end of the block becomes the file, all or nothing."""

    def exists(self, path: str) -> bool:
        """Tell whether the run has a file of this path."""

    def entry(self, path: str) -> FileEntry:
        """Tell size and digest of a file."""

    def find(self, pattern: str) -> tuple[str, ...]:
        """List the paths that match; `*` and `?` stay within a folder, `**` goes through all."""

    def copy(self, path: str, to: str) -> FileEntry:
        """Give a file's content a second path; no bytes move."""

    def move(self, path: str, to: str) -> FileEntry:
        """Give a file another path; no bytes move."""

    def delete(self, path: str) -> bool:
        """Remove a file; whether there was one."""


FILES: Capability[Workspace] = Capability("files", workspace=True)
"""The files of the run."""
