"""List files."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class List(Params):
    """Which files to list."""

    pattern: str = "**"
    """Paths with wildcards: `*` and `?` stay within a folder, `**` goes through all of them."""


class Listed(Result):
    """One file."""

    path: str
    """Its path in the run's workspace."""
    name: str
    """The last part of the path."""
    size: int
    """How long it is, in bytes."""


class Listing(Result):
    """The files that match, sorted by path."""

    files: tuple[Listed, ...]
    """Each file."""
    count: int
    """How many there are."""


@node("files.list", needs=FILES, effect=Effect.READ, label="pattern")
async def list_files(workspace: Workspace, params: List) -> Listing:
    r"""List the run's files whose paths match a pattern.

    ```yaml
    - do: files.write
      with: {path: out/a.csv, content: "id\n1\n"}
    - id: tables
      do: files.list
      with: {pattern: "out/*.csv"}
    - for_each: "${{ tables.files }}"
      as: table
      do:
        - do: csv.read
          with: {path: "${{ table.path }}"}
    ```
    """
    files = tuple(
        Listed(path=path, name=path.rpartition("/")[2], size=workspace.entry(path).size)
        for path in workspace.find(params.pattern)
    )
    return Listing(files=files, count=len(files))
