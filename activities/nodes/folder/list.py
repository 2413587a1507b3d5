"""List files of a folder of the robot's host."""

from __future__ import annotations

from datetime import datetime, timedelta

from activities.node import Params, Result, node
from activities.sessions.folders import FOLDERS, FolderName, Folders
from workflows.spec import Effect


class List(Params):
    """Which files to list."""

    folder: FolderName
    """What the setting `files.folders` calls the folder."""
    pattern: str = "*"
    """Paths with wildcards: `*` and `?` stay within a folder, `**` goes through all of them."""


class Listed(Result):
    """One file."""

    path: str
    """Where it is in the folder."""
    name: str
    """The last part of the path."""
    size: int
    """How long it is, in bytes."""
    modified: datetime
    """When it was last changed."""


class Listing(Result):
    """The files that match, sorted by path."""

    files: tuple[Listed, ...]
    """Each file."""
    count: int
    """How many there are."""


@node("folder.list", needs=FOLDERS, effect=Effect.READ, label="folder", timeout=timedelta(minutes=2))
async def list_folder(folders: Folders, params: List) -> Listing:
    """List the files of a folder of the robot's host, such as a shared drive.

    Hidden files, locks of open documents (`~$…`) and those that are still being copied by their name (`.part`,
    `.tmp`) are left out.

    ```yaml
    - id: waiting
      do: folder.list
      with: {folder: inbox, pattern: "*.pdf"}
    ```
    """
    files = tuple(
        Listed(path=seen.path, name=seen.path.rpartition("/")[2], size=seen.size, modified=seen.modified)
        for seen in await folders.find(params.folder, params.pattern)
    )
    return Listing(files=files, count=len(files))
