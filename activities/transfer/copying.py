"""Files to and from a server, each all or nothing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from activities.sessions.files import Workspace
from activities.sessions.transfer import FileServer, RemoteFile, RemoteFiles
from activities.transfer.asking import Downloading, Uploading
from activities.transfer.changing import after, make_folder
from activities.transfer.finding import (
    above_of,
    base_of,
    existing,
    folder_of,
    is_pattern,
    matching,
    refuse_too_many,
    target_of,
)
from activities.transfer.telling import Copied, Copies, copies
from workflows.errors import AetherError, RequestRefusedError, ServerFailedError, WorkspaceFileError

_CLEARING_UP = 2.0
"""Seconds a server may take to remove what is left of an upload."""


async def download(server: FileServer[Any], files: RemoteFiles, params: Downloading) -> Copies:
    """Copy files to the run's workspace."""
    if is_pattern(params.path):
        found = [each for each in await matching(files, params.path) if each.kind == "file"]
        folder = folder_of(params.to or "")
        wanted = [(each, folder + each.path.removeprefix(base_of(params.path))) for each in found]
    else:
        place = await existing(files, params.path)
        if place.kind == "other":
            raise RequestRefusedError(f"expected a file, found neither file nor folder: {params.path!r}")
        if place.kind == "folder":
            raise RequestRefusedError(
                f"expected a file, found a folder: {params.path!r}; write '{params.path.rstrip('/')}/**' for all in it"
            )
        wanted = [(place, target_of(params.to or place.name, place.name))]
    refuse_too_many(wanted)
    copied = [await _fetch(server.workspace, files, place, to) for place, to in wanted]
    return copies(copied)


async def upload(server: FileServer[Any], files: RemoteFiles, params: Uploading) -> Copies:
    """Copy files of the run to the server, each all or nothing."""
    workspace = server.workspace
    if is_pattern(params.path):
        base, folder = base_of(params.path), folder_of(params.to)
        wanted = [(path, folder + path.removeprefix(base)) for path in workspace.find(params.path)]
        if not wanted:
            raise WorkspaceFileError(f"the run has no file that matches {params.path!r} to upload")
    else:
        workspace.entry(params.path)
        wanted = [(params.path, target_of(params.to, params.path.rpartition("/")[2]))]
    refuse_too_many(wanted)
    sending = _Sending(server, files, overwrite=params.overwrite, make_folders=params.make_folders)
    done: list[Copied] = []
    with after(done):
        for path, to in wanted:
            done.append(await sending.send(path, to))
    return copies(done)


@dataclass(frozen=True, slots=True)
class _Sending:
    """Uploads of one step."""

    server: FileServer[Any]
    files: RemoteFiles
    overwrite: bool
    make_folders: bool

    async def send(self, path: str, to: str) -> Copied:
        """Upload a file under another name, and give it its own once it is whole."""
        entry = self.server.workspace.entry(path)
        async with self.server.workspace.reading(path) as local:
            there = await self.files.look(to)
            if there is None or not await self._is_same(there, local, entry.size):
                await self._refuse(there, to)
                await self._replace(local, to, entry.size)
        return Copied(path=path, remote=to, size=entry.size)

    async def _is_same(self, there: RemoteFile, local: Path, size: int) -> bool:
        """Whether an earlier attempt has come that far, or someone else did the same."""
        if there.kind != "file" or there.size != size or not (self.server.again or not self.overwrite):
            return False
        copy = local.with_name(f"{local.name}.there")
        await self.files.fetch(there.path, copy)
        same = await asyncio.to_thread(lambda: _digest(copy) == _digest(local))
        await asyncio.to_thread(copy.unlink)
        return same

    async def _refuse(self, there: RemoteFile | None, to: str) -> None:
        if there is not None and there.kind == "folder":
            raise RequestRefusedError(f"expected a file's path, found a folder: {to!r}; write '{to.rstrip('/')}/'")
        if there is not None and not self.overwrite:
            raise RequestRefusedError(f"the server has a file {to!r} with other content; set 'overwrite: true'")
        above = above_of(to)
        if there is None and above and (self.make_folders or await self.files.look(above) is None):
            if not self.make_folders:
                raise RequestRefusedError(f"the server has no folder {above!r}; set 'make_folders: true' to make it")
            await make_folder(self.files, above)

    async def _replace(self, local: Path, to: str, size: int) -> None:
        above, name = above_of(to), to.rpartition("/")[2]
        mark = sha256(f"{self.server.key}/{to}".encode()).hexdigest()[:12]
        partial = f"{folder_of(above)}.{name[:100]}.{mark}.part"
        try:
            await self.files.store(local, partial)
            written = await self.files.look(partial)
            if written is None or written.size != size:
                found = "nothing" if written is None else f"{written.size} bytes"
                raise ServerFailedError(f"expected {size} bytes of {to!r} on the server, found {found}")
            await (self.files.replace if self.overwrite else self.files.rename)(partial, to)
        except (AetherError, asyncio.CancelledError):
            with suppress(AetherError, TimeoutError):
                async with asyncio.timeout(_CLEARING_UP):
                    await self.files.delete(partial)
            raise


async def _fetch(workspace: Workspace, files: RemoteFiles, place: RemoteFile, to: str) -> Copied:
    async with workspace.writing(to) as local:
        await files.fetch(place.path, local)
        size = await asyncio.to_thread(lambda: local.stat().st_size)
        if size != place.size:
            raise ServerFailedError(
                f"expected {place.size} bytes of {place.path!r}, received {size}: it was changed meanwhile"
            )
    return Copied(path=to, remote=place.path, size=size)


def _digest(path: Path) -> bytes:
    with path.open("rb") as file:
        digest = sha256()
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.digest()
