"""Pack files into an archive."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from datetime import timedelta

from pydantic import Field

from activities.formats.packing import ENDINGS, packing
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.errors import InvalidParamsError, WorkspaceFileError
from workflows.spec import Effect


class Create(Params):
    """Which files to pack, and into what."""

    path: str = Field(pattern=ENDINGS)
    """The archive, relative to the run's workspace; its ending says what it is: `.zip`, `.tar`, `.tar.gz`, `.tgz`,
    `.tar.bz2` or `.tar.xz`."""
    files: tuple[str, ...] = Field(min_length=1)
    """Files and patterns such as `out/*.pdf` or `**`."""
    base: str = ""
    """The folder that names in the archive are relative to; files elsewhere keep their whole path."""


class Created(Result):
    """What was packed."""

    path: str
    """The archive."""
    files: tuple[str, ...]
    """The names in it."""
    count: int
    """How many there are."""
    size: int
    """How long the archive is, in bytes."""


@node("archive.create", needs=FILES, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=10))
async def create(workspace: Workspace, params: Create) -> Created:
    """Pack files of the run into a zip or tar archive.

    The same files always give the same archive. A file that does not exist is an error, a pattern that fits none is
    not.

    ```yaml
    - do: files.write
      with: {path: out/a.txt, content: Hello}
    - id: packed
      do: archive.create
      with: {path: out.zip, files: ["out/*"], base: out}
    - assert: "${{ packed.files == ['a.txt'] }}"
    ```
    """
    found = _found(workspace, params)
    prefix = params.base.strip("/") + "/" if params.base.strip("/") else ""
    names = [path.removeprefix(prefix) for path in found]
    twice = next((name for number, name in enumerate(names) if name in names[:number]), None)
    if twice is not None:
        raise InvalidParamsError(f"two of the files would be called {twice!r} in {params.path!r}; leave out 'base'")
    async with workspace.writing(params.path) as target:
        with ExitStack() as stack:
            packer = await asyncio.to_thread(stack.enter_context, packing(target, params.path))
            for path, name in zip(found, names, strict=True):
                async with workspace.reading(path) as content:
                    await asyncio.to_thread(packer.add, name, content)
            await asyncio.to_thread(stack.close)
    return Created(path=params.path, files=tuple(names), count=len(names), size=workspace.entry(params.path).size)


def _found(workspace: Workspace, params: Create) -> list[str]:
    found: dict[str, None] = {}
    for pattern in params.files:
        matching = workspace.find(pattern)
        if not matching and not any(mark in pattern for mark in "*?"):
            raise WorkspaceFileError(f"the run has no file {pattern!r} to pack")
        found |= dict.fromkeys(path for path in matching if path != params.path)
    return sorted(found)
