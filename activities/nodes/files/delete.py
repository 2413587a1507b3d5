"""Delete a file."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Delete(Params):
    """Which file to delete."""

    path: str
    """The file, relative to the run's workspace."""


class Deleted(Result):
    """What was done."""

    deleted: bool
    """Whether there was such a file."""


@node("files.delete", needs=FILES, effect=Effect.IDEMPOTENT, label="path")
async def delete(workspace: Workspace, params: Delete) -> Deleted:
    """Delete a file of the run; it is fine if there is none.

    ```yaml
    - do: files.write
      with: {path: draft.txt, content: Hello}
    - id: removal
      do: files.delete
      with: {path: draft.txt}
    - assert: "${{ removal.deleted }}"
    ```
    """
    return Deleted(deleted=workspace.delete(params.path))
