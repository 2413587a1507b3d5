"""Copy files from a folder of the robot's host."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Params, Result, node
from activities.sessions.folders import FOLDERS, FolderName, Folders
from workflows.errors import InvalidFileError, WorkspaceFileError
from workflows.spec import Effect


class Fetch(Params):
    """Which files to take, and where to."""

    folder: FolderName
    """What the setting `files.folders` calls the folder."""
    path: str
    """The file in it, or a pattern such as `*.pdf` or `2026/**/*.xlsx`."""
    to: str = ""
    """The folder of the run's workspace for the copies; by default its top."""
    overwrite: bool = False
    """Replace files that the run already has."""


class Fetched(Result):
    """What was copied."""

    files: tuple[str, ...]
    """The paths of the copies in the workspace."""
    sources: tuple[str, ...]
    """Where each is in the folder."""
    count: int
    """How many there are."""


@node("folder.fetch", needs=FOLDERS, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=10))
async def fetch(folders: Folders, params: Fetch) -> Fetched:
    """Copy files from a folder of the robot's host into the run's workspace; they also stay where they are.

    A file that is not there is an error, a pattern that fits none is not. `folder.move` or `folder.delete` puts a file
    away once the run has it.

    ```yaml
    - id: letters
      do: folder.fetch
      with: {folder: inbox, path: "*.pdf", to: letters}
    ```
    """
    found = await folders.find(params.folder, params.path)
    if not found and not any(mark in params.path for mark in "*?"):
        raise InvalidFileError(f"the folder {params.folder!r} has no file {params.path!r}")
    copies: list[str] = []
    for seen in found:
        name = f"{params.to.rstrip('/')}/{seen.path}" if params.to else seen.path
        if folders.workspace.exists(name) and not params.overwrite:
            raise WorkspaceFileError(f"the run already has a file {name!r}; set 'overwrite: true' to replace it")
        async with folders.workspace.writing(name) as target:
            await folders.fetch(params.folder, seen.path, target)
        copies.append(name)
    return Fetched(files=tuple(copies), sources=tuple(seen.path for seen in found), count=len(copies))
