"""Delete a file of a folder of the robot's host."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Params, Result, node
from activities.sessions.folders import FOLDERS, FolderName, Folders
from workflows.spec import Effect


class Delete(Params):
    """Which file to delete."""

    folder: FolderName
    """What the setting `files.folders` calls the folder."""
    path: str
    """The file in it."""


class Deleted(Result):
    """What was done."""

    deleted: bool
    """Whether there was such a file."""


@node("folder.delete", needs=FOLDERS, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=2))
async def delete(folders: Folders, params: Delete) -> Deleted:
    """Delete a file of a folder of the robot's host; it is fine if there is none.

    ```yaml
    - do: folder.delete
      with: {folder: inbox, path: old.pdf}
    ```
    """
    return Deleted(deleted=await folders.delete(params.folder, params.path))
