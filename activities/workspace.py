"""The files of a run on the machine of one step."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from difflib import get_close_matches
from itertools import count
from pathlib import Path
from typing import Self

import psutil
from typing_extensions import override

from activities.artifacts import ArtifactStore
from activities.private import private_directory
from activities.sessions.files import Workspace
from workflows.call import FileEntry
from workflows.errors import NodeFailedError, PathOutsideWorkspaceError, WorkspaceFileError

_LONGEST_NAME = 255
_LONGEST_PATH = 1024
_DRIVE = re.compile(r"[A-Za-z]:")
_UNFIT_FOR_WINDOWS = re.compile(r'[<>:"|?*]')
_DOTS = re.compile(r"\.* [. ]*")
_NO_TEXT = {"Cc", "Cs"}
"""Unicode categories: control characters and halves of characters."""
_MOST_NAMED = 10


class LocalWorkspace(Workspace):
    """What the step sees of the run's files: a list of them, and copies of those it opens.

    Nothing is copied before it is read, and nothing a step writes counts before it is stored. The directory with
    the copies goes away with the step.
    """

    def __init__(self, files: Mapping[str, FileEntry], store: ArtifactStore, *, scratch: Path | None = None) -> None:
        self._files = dict(files)
        self._store = store
        self._scratch = scratch
        self._changes: dict[str, FileEntry | None] = {}
        self._directory: Path | None = None
        self._numbers = count()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._directory is not None:
            await asyncio.to_thread(shutil.rmtree, self._directory, ignore_errors=True)

    @property
    def changes(self) -> dict[str, FileEntry | None]:
        """What the step wrote and, as None, deleted."""
        return dict(self._changes)

    @override
    @asynccontextmanager
    async def reading(self, path: str) -> AsyncIterator[Path]:
        entry = self.entry(path)
        local = await self._place_for(safe_path(path))
        await self._store.fetch(entry, local)
        yield local
        await asyncio.to_thread(local.unlink, missing_ok=True)

    @override
    @asynccontextmanager
    async def writing(self, path: str) -> AsyncIterator[Path]:
        name = safe_path(path)
        local = await self._place_for(name)
        yield local
        await asyncio.to_thread(_check_written, local, name)
        self._change(name, await self._store.put(local))
        await asyncio.to_thread(local.unlink, missing_ok=True)

    @override
    def exists(self, path: str) -> bool:
        return safe_path(path) in self._files

    @override
    def entry(self, path: str) -> FileEntry:
        name = safe_path(path)
        if name not in self._files:
            raise WorkspaceFileError(f"the run has no file {name!r}; {self._hint(name)}")
        return self._files[name]

    @override
    def find(self, pattern: str) -> tuple[str, ...]:
        expression = glob_expression(safe_path(pattern))
        return tuple(sorted(path for path in self._files if expression.fullmatch(path)))

    @override
    def copy(self, path: str, to: str) -> FileEntry:
        entry = self.entry(path)
        self._change(safe_path(to), entry)
        return entry

    @override
    def move(self, path: str, to: str) -> FileEntry:
        entry = self.copy(path, to)
        if safe_path(path) != safe_path(to):
            self.delete(path)
        return entry

    @override
    def delete(self, path: str) -> bool:
        name = safe_path(path)
        existed = name in self._files
        if existed:
            self._change(name, None)
        return existed

    def _change(self, name: str, entry: FileEntry | None) -> None:
        self._changes[name] = entry
        if entry is None:
            del self._files[name]
        else:
            self._files[name] = entry

    async def _place_for(self, name: str) -> Path:
        """Make an empty folder for one file, which keeps its own name: programs go by the ending."""
        return await asyncio.to_thread(self._make_place, name.rpartition("/")[2])

    def _make_place(self, name: str) -> Path:
        if self._directory is None:
            self._directory = Path(tempfile.mkdtemp(prefix="aether-step-", dir=self._scratch))
        folder = self._directory / str(next(self._numbers))
        folder.mkdir()
        return folder / (_UNFIT_FOR_WINDOWS.sub("_", name).rstrip(". ") if os.name == "nt" else name)

    def _hint(self, name: str) -> str:
        close = get_close_matches(name, self._files, n=1)
        if close:
            return f"did you mean {close[0]!r}?"
        if not self._files:
            return "it has no files yet: an input of type 'file' or an earlier step must bring it"
        names = ", ".join(map(repr, sorted(self._files)[:_MOST_NAMED]))
        return f"it has {names}" + (" and more" if len(self._files) > _MOST_NAMED else "")


def own_scratch(parent: Path) -> Path:
    """Make a directory for the temporary files of this process's steps, and remove those of processes that are gone.

    A killed robot cannot tidy up, and what it leaves behind may be confidential. Processes of other machines that
    share the parent are left alone.
    """
    host = socket.gethostname()
    private_directory(parent)
    for left in parent.glob(f"{host}.*"):
        pid = left.name.removeprefix(f"{host}.")
        if pid.isdigit() and (int(pid) == os.getpid() or not psutil.pid_exists(int(pid))):
            shutil.rmtree(left, ignore_errors=True)
    own = parent / f"{host}.{os.getpid()}"
    own.mkdir(exist_ok=True)
    return own


def _check_written(local: Path, name: str) -> None:
    if local.is_symlink():
        raise PathOutsideWorkspaceError(f"expected the content of {name!r}, found a symbolic link: write a file")
    if not local.is_file():
        raise NodeFailedError(f"nothing was written to {name!r}", acted=None)


def safe_path(path: str) -> str:
    """Give the one name of a path in the workspace.

    Raises:
        PathOutsideWorkspaceError: it is absolute, leads elsewhere or could on another system.
    """
    problem = _problem(path)
    if problem:
        raise PathOutsideWorkspaceError(f"expected a relative path such as 'out/report.csv', found {path!r}: {problem}")
    return "/".join(part for part in unicodedata.normalize("NFC", path).split("/") if part not in {"", "."})


def _problem(path: str) -> str | None:
    parts = path.split("/")
    checks = {
        "it names no file": not path.strip("/. ") and ".." not in parts,
        "it is absolute; files of a run have relative paths": path.startswith("/") or bool(_DRIVE.match(path)),
        "it leaves the workspace": ".." in parts,
        "a name of dots and spaces alone may lead out of its folder on Windows": any(map(_DOTS.fullmatch, parts)),
        "write '/' between folders, on Windows too": "\\" in path,
        "it holds a character that no file name may hold": any(unicodedata.category(mark) in _NO_TEXT for mark in path),
        f"a name has more than {_LONGEST_NAME} bytes or the whole path more than {_LONGEST_PATH}": _too_long(parts),
    }
    return next((problem for problem, found in checks.items() if found), None)


def _too_long(parts: list[str]) -> bool:
    lengths = [len(part.encode(errors="replace")) for part in parts]
    return max(lengths) > _LONGEST_NAME or sum(lengths) + len(parts) - 1 > _LONGEST_PATH


def glob_expression(pattern: str) -> re.Pattern[str]:
    """What matches the paths that a pattern means: `*` and `?` stay within a folder, `**` goes through all."""
    translated = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(translated.get(part, re.escape(part)) for part in parts), re.DOTALL)
