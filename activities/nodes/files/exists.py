"""Look whether there is a file."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class Exists(Params):
    """Which file to look for."""

    path: str
    """The file, relative to the run's workspace."""


class Existence(Result):
    """What was found."""

    exists: bool
    """Whether the run has this file."""
    size: int | None
    """How long it is, in bytes; null if there is none."""


@node("files.exists", needs=FILES, effect=Effect.READ, label="path")
async def exists(workspace: Workspace, params: Exists) -> Existence:
    r"""Look whether the run has a file.

    ```yaml
    - id: report
      do: files.exists
      with: {path: report.csv}
    - if: "${{ not report.exists }}"
      then:
        - do: files.write
          with: {path: report.csv, content: "id,amount\n"}
    ```
    """
    if not workspace.exists(params.path):
        return Existence(exists=False, size=None)
    return Existence(exists=True, size=workspace.entry(params.path).size)
