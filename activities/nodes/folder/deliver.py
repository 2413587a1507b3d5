"""Put files into a folder of the robot's host."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta

from activities.node import Params, Result, node
from activities.sessions.folders import FOLDERS, FolderName, Folders
from workflows.errors import WorkspaceFileError
from workflows.spec import Effect


class Deliver(Params):
    """Which files to deliver, and where to."""

    path: str
    """The file of the run's workspace, or a pattern such as `out/*.pdf`."""
    folder: FolderName
    """What the setting `files.folders` calls the folder."""
    to: str | None = None
    """The path in the folder: of the file, or with a `/` at its end of the folder for all files. By default each file
    keeps its name."""
    overwrite: bool = False
    """Replace files of the same path."""


class Delivered(Result):
    """What was delivered."""

    files: tuple[str, ...]
    """Where the files are in the folder."""
    written: tuple[str, ...]
    """Those of them that were not there, with the same content, before."""
    count: int
    """How many files there are."""


@node("folder.deliver", needs=FOLDERS, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=10))
async def deliver(folders: Folders, params: Deliver) -> Delivered:
    """Put files of the run into a folder of the robot's host, such as a shared drive.

    Nobody ever sees half a file: each is written beside its place and then named, after all have been written. A file
    that is there with the same content counts as delivered; any other is an error.

    ```yaml
    - do: files.write
      with: {path: out/report.txt, content: All is well}
    - do: folder.deliver
      with: {path: out/report.txt, folder: reports, to: 2026/}
    ```
    """
    found = folders.workspace.find(params.path)
    if not found:
        raise WorkspaceFileError(f"the run has no file {params.path!r} to deliver")
    targets = [_target(path, params, alone=len(found) == 1) for path in found]
    if len(set(targets)) < len(targets):
        raise WorkspaceFileError(
            f"several files that match {params.path!r} have the same name; deliver them one by one"
        )
    async with AsyncExitStack() as stack:
        files = {
            target: await stack.enter_async_context(folders.workspace.reading(path))
            for path, target in zip(found, targets, strict=True)
        }
        written = await folders.deliver(params.folder, files, replace=params.overwrite)
    return Delivered(files=tuple(targets), written=written, count=len(targets))


def _target(path: str, params: Deliver, *, alone: bool) -> str:
    name = path.rpartition("/")[2]
    if params.to is None:
        return name
    if params.to.endswith("/") or not alone:
        return f"{params.to.rstrip('/')}/{name}"
    return params.to
