"""Folders of this host that runs may take files from and put files into; no other place can be reached."""

from __future__ import annotations

import asyncio
import filecmp
import hashlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from typing_extensions import override

from activities.provider import Provider
from activities.sessions.files import Workspace
from activities.sessions.folders import FOLDERS, Folders, Seen
from activities.workspace import glob_expression, safe_path
from workflows.call import StepCall
from workflows.errors import (
    InvalidFileError,
    InvalidParamsError,
    MachineError,
    PathOutsideWorkspaceError,
    SessionLostError,
)

_MOST = 10_000
"""Files that are listed at once."""
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".download")
_HIDDEN = (".", "~$")
"""What files begin with that programs keep for themselves; Office locks documents that are open so."""


@dataclass(frozen=True, slots=True)
class SharedFolder:
    """One folder of the host."""

    path: Path
    read_only: bool = False


def folders_provider(shared: Mapping[str, SharedFolder]) -> Provider[Folders]:
    """Lend these folders, together with the files of the run."""

    @asynccontextmanager
    async def lend(call: StepCall, workspace: Workspace | None) -> AsyncIterator[Folders]:
        if workspace is None:
            raise SessionLostError(f"step {call.step!r} came without the files of its run")
        yield _HostFolders(shared, workspace, key=call.key)

    return Provider(FOLDERS, lend)


class _HostFolders(Folders):
    def __init__(self, shared: Mapping[str, SharedFolder], workspace: Workspace, *, key: str) -> None:
        self._shared = shared
        self._workspace = workspace
        self._mark = f".aether-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        """What files are called while they are written: a step that is repeated finds its own again."""

    @property
    @override
    def workspace(self) -> Workspace:
        return self._workspace

    @override
    async def find(self, folder: str, pattern: str) -> tuple[Seen, ...]:
        return await asyncio.to_thread(_find, await self._present(folder), safe_path(pattern))

    @override
    async def fetch(self, folder: str, path: str, target: Path) -> None:
        await asyncio.to_thread(_copy, await self._place(folder, path), target, path)

    @override
    async def deliver(self, folder: str, files: Mapping[str, Path], *, replace: bool) -> tuple[str, ...]:
        self._refuse_read_only(folder)
        places = {path: await self._place(folder, path) for path in files}
        return await asyncio.to_thread(self._deliver, files, places, replace)

    @override
    async def move(self, folder: str, path: str, to: str) -> None:
        self._refuse_read_only(folder)
        source, target = await self._place(folder, path), await self._place(folder, to)
        await asyncio.to_thread(_move, source, target, path, to, self._mark)

    @override
    async def delete(self, folder: str, path: str) -> bool:
        self._refuse_read_only(folder)
        return await asyncio.to_thread(_delete, await self._place(folder, path))

    def _root(self, folder: str) -> SharedFolder:
        if folder not in self._shared:
            known = ", ".join(map(repr, self._shared)) or "none"
            raise InvalidParamsError(
                f"this robot shares no folder {folder!r}, only {known}; the setting 'files.folders' names them"
            )
        return self._shared[folder]

    async def _present(self, folder: str) -> Path:
        """Find a folder, which nobody makes here: in the place of a share that is gone, files would go nowhere."""
        root = self._root(folder).path
        if not await asyncio.to_thread(root.is_dir):
            raise MachineError(
                f"the folder {folder!r} is not there: expected a directory at {str(root)!r}, as the setting "
                "'files.folders' says; is its share mounted?",
                acted=False,
            )
        return root

    def _refuse_read_only(self, folder: str) -> None:
        if self._root(folder).read_only:
            raise InvalidParamsError(f"the folder {folder!r} is read-only by the setting 'files.folders'")

    async def _place(self, folder: str, path: str) -> Path:
        """Find where a path of a folder is, which no link on the way may lead out of it."""
        root = await self._present(folder)
        place = root / safe_path(path)
        await asyncio.to_thread(_refuse_outside, root, place, path)
        return place

    def _deliver(self, files: Mapping[str, Path], places: Mapping[str, Path], replace: bool) -> tuple[str, ...]:  # noqa: FBT001 - one of its own
        """Write all files beside their places first: most of what can go wrong does so before any is seen."""
        new = {path: place for path, place in places.items() if not _holds(place, files[path])}
        for path, place in new.items():
            _refuse_folders(place, path)
            if not replace and not _holds(place, files[path]):  # another run may have delivered the same meanwhile
                _refuse_taken(place, path)
        staged: dict[str, Path] = {}
        try:
            for number, (path, place) in enumerate(new.items()):
                place.parent.mkdir(parents=True, exist_ok=True)
                staged[path] = place.with_name(f"{self._mark}-{number}.partial")
                _write(files[path], staged[path])
            for path, place in new.items():
                try:
                    _publish(staged[path], place, path, replace=replace)
                except InvalidFileError:
                    if not _holds(place, files[path]):
                        raise
        finally:
            for partial in staged.values():
                partial.unlink(missing_ok=True)
        return tuple(new)


def _find(root: Path, pattern: str) -> tuple[Seen, ...]:
    expression = glob_expression(pattern)
    depth = None if "**" in pattern else pattern.count("/")
    found: list[Seen] = []
    for path, entry in _files(root, "", depth):
        if expression.fullmatch(path):
            with suppress(FileNotFoundError):  # gone since
                about = entry.stat()
                _refuse_unreadable(path)
                modified = datetime.fromtimestamp(about.st_mtime, UTC)
                found.append(Seen(path, about.st_size, modified))
        if len(found) > _MOST:
            raise InvalidFileError(f"more than {_MOST} files match {pattern!r}; ask for fewer")
    return tuple(sorted(found, key=lambda seen: seen.path))


def _files(folder: Path, above: str, depth: int | None) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Give the files of a folder and of those in it; links are not followed."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(_HIDDEN) or entry.name.lower().endswith(_UNFINISHED):
                continue
            if entry.is_file(follow_symlinks=False):
                yield above + entry.name, entry
            elif entry.is_dir(follow_symlinks=False) and depth != 0:
                yield from _files(Path(entry), f"{above}{entry.name}/", None if depth is None else depth - 1)


def _refuse_outside(root: Path, place: Path, path: str) -> None:
    if not place.resolve().is_relative_to(root.resolve()):
        raise PathOutsideWorkspaceError(f"{path!r} leads out of its folder by a link")


def _refuse_unreadable(path: str) -> None:
    """A name is text everywhere but in old file systems; no step could pass one on that is not."""
    try:
        path.encode()
    except UnicodeEncodeError as error:
        raise InvalidFileError(
            f"the folder has a file whose name is no text in UTF-8: {os.fsencode(path)!r}; rename it, or ask for others"
        ) from error


def _copy(source: Path, target: Path, path: str) -> None:
    try:
        before = source.stat()
        shutil.copyfile(source, target)
        after = source.stat()
    except FileNotFoundError as error:
        raise _missing(path) from error
    found = target.stat().st_size
    if (before.st_size, before.st_mtime_ns, found) != (after.st_size, after.st_mtime_ns, before.st_size):
        raise MachineError(
            f"the file {path!r} was changed while it was copied; 'folder.wait' waits until a file is complete",
            acted=False,
        )


def _move(source: Path, target: Path, path: str, to: str, mark: str) -> None:
    """Take the file away first, which only one of several can do, then give it its new name."""
    held = target.with_name(f"{mark}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(held)
    except FileNotFoundError as error:
        raise _missing(path) from error
    except OSError as error:
        raise MachineError(f"{path!r} cannot be moved: {error.strerror or error}", acted=False) from error
    try:
        _publish(held, target, to, replace=False)
    except (InvalidFileError, OSError):
        _publish(held, source, path, replace=False)
        raise


def _delete(place: Path) -> bool:
    if place.is_dir() and not place.is_symlink():
        raise InvalidFileError(f"expected a file, found a folder: {place.name!r}")
    try:
        place.unlink()
    except FileNotFoundError:
        return False
    return True


def _holds(place: Path, content: Path) -> bool:
    """Tell whether a file is there already, byte by byte."""
    filecmp.clear_cache()  # it goes by sizes and times, and shares may tell those to two seconds
    with suppress(FileNotFoundError):
        return place.is_file() and filecmp.cmp(place, content, shallow=False)
    return False


def _refuse_folders(place: Path, path: str) -> None:
    """A folder is no place for a file, and a file none for what is below it."""
    if place.is_dir():
        raise InvalidFileError(f"expected a file's path, found a folder: {path!r}; write '{path}/' to put files in it")
    above = next(each for each in place.parents if each.exists())
    if not above.is_dir():
        raise InvalidFileError(f"{path!r} has a file where its folder should be: {above.name!r}")


def _refuse_taken(place: Path, path: str) -> None:
    if os.path.lexists(place):
        raise InvalidFileError(
            f"the folder already has another file {path!r}; choose another name, or set 'overwrite: true' to replace it"
        )


def _write(source: Path, target: Path) -> None:
    with source.open("rb") as content, target.open("wb") as file:
        shutil.copyfileobj(content, file, 1024 * 1024)
        file.flush()
        os.fsync(file.fileno())


def _publish(source: Path, target: Path, path: str, *, replace: bool) -> None:
    """Give a whole file its name, at once."""
    if replace:
        source.replace(target)
        return
    while True:
        try:
            os.link(source, target)
        except FileExistsError:
            _refuse_taken(target, path)  # unless it has gone since: then once more
        except OSError:  # shares and file systems without links
            _refuse_taken(target, path)
            source.rename(target)
            return
        else:
            source.unlink()
            return


def _missing(path: str) -> InvalidFileError:
    return InvalidFileError(f"the folder has no file {path!r}; somebody else may have taken it")
