"""Copy a file."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.errors import WorkspaceFileError
from workflows.spec import Effect


class Copy(Params):
    """Which file to copy, and where to."""

    path: str
    """The file, relative to the run's workspace."""
    to: str
    """Its new path, name included; folders need not exist."""
    overwrite: bool = False
    """Replace the file that is already there."""


class Copied(Result):
    """What was done."""

    path: str
    """The new path."""
    size: int
    """How long the file is, in bytes."""


@node("files.copy", needs=FILES, effect=Effect.IDEMPOTENT, label="path")
async def copy(workspace: Workspace, params: Copy) -> Copied:
    """Copy a file within the run's workspace; at any size in no time, since no content is touched.

    ```yaml
    - do: files.write
      with: {path: draft.txt, content: Hello}
    - do: files.copy
      with: {path: draft.txt, to: archive/draft.txt}
    ```
    """
    if workspace.exists(params.to) and not params.overwrite:
        raise WorkspaceFileError(f"the run already has a file {params.to!r}; set 'overwrite: true' to replace it")
    return Copied(path=params.to, size=workspace.copy(params.path, params.to).size)
