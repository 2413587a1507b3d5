"""Move a file within a folder of the robot's host."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Params, Result, node
from activities.sessions.folders import FOLDERS, FolderName, Folders
from workflows.spec import Effect


class Move(Params):
    """Which file to move, and where to."""

    folder: FolderName
    """What the setting `files.folders` calls the folder."""
    path: str
    """The file in it."""
    to: str
    """Its new path, name included; folders need not exist."""


class Moved(Result):
    """What was done."""

    path: str
    """Where the file is now."""


@node("folder.move", needs=FOLDERS, effect=Effect.ONCE, label="path", timeout=timedelta(minutes=2))
async def move(folders: Folders, params: Move) -> Moved:
    """Move a file within a folder of the robot's host, at once: of several runs that try, only one can.

    ```yaml
    - id: letter
      do: folder.wait
      with: {folder: inbox, pattern: "*.pdf", settle: 200ms}
    - do: folder.move
      with: {folder: inbox, path: "${{ letter.path }}", to: "done/${{ letter.name }}"}
    ```
    """
    await folders.move(params.folder, params.path, params.to)
    return Moved(path=params.to)
