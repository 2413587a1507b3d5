"""Move a file."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.errors import WorkspaceFileError
from workflows.spec import Effect


class Move(Params):
    """Which file to move, and where to."""

    path: str
    """The file, relative to the run's workspace."""
    to: str
    """Its new path, name included; folders need not exist."""
    overwrite: bool = False
    """Replace the file that is already there."""


class Moved(Result):
    """What was done."""

    path: str
    """The new path."""
    size: int
    """How long the file is, in bytes."""


@node("files.move", needs=FILES, effect=Effect.IDEMPOTENT, label="path")
async def move(workspace: Workspace, params: Move) -> Moved:
    """Move a file within the run's workspace; at any size in no time, since no content is touched.

    ```yaml
    - do: files.write
      with: {path: draft.txt, content: Hello}
    - do: files.move
      with: {path: draft.txt, to: archive/draft.txt}
    ```
    """
    if workspace.exists(params.to) and not params.overwrite:
        raise WorkspaceFileError(f"the run already has a file {params.to!r}; set 'overwrite: true' to replace it")
    return Moved(path=params.to, size=workspace.move(params.path, params.to).size)
