"""Unpack files of an archive."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from io import BufferedIOBase
from pathlib import Path

from activities.formats.archive import MOST_FILES, Archive, Member, Packed, opened
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from activities.workspace import glob_expression, safe_path
from workflows.errors import InvalidFileError, PathOutsideWorkspaceError, WorkspaceFileError
from workflows.spec import Effect


class Extract(Params):
    """Which archive to unpack, and where to."""

    path: str
    """The archive (zip, tar, tar.gz, tar.bz2, tar.xz, or one file as .gz, .bz2 or .xz), relative to the run's
    workspace."""
    to: str = ""
    """The folder for its files; by default the top of the workspace."""
    pattern: str = "**"
    """Which of its files to unpack, e.g. `*.xml` or `invoices/**`."""
    overwrite: bool = False
    """Replace files that are already there; of two files of one name in the archive, keep the last."""
    password: str | None = None
    """What opens a protected zip archive, best as a secret."""


class Extracted(Result):
    """What was unpacked."""

    files: tuple[str, ...]
    """The paths of the files in the workspace."""
    count: int
    """How many there are."""
    skipped: tuple[str, ...]
    """What the archive has beside files: links and devices, which are never unpacked."""


@node("archive.extract", needs=FILES, effect=Effect.IDEMPOTENT, label="path", timeout=timedelta(minutes=10))
async def extract(workspace: Workspace, params: Extract) -> Extracted:
    """Unpack a zip or tar archive into the run's workspace, all of it or nothing.

    A name that leads out of the folder, more than 10,000 files or 2 GiB, and content that is a thousand times as large
    as its archive are errors.

    ```yaml
    - do: files.write
      with: {path: out/a.txt, content: Hello}
    - do: archive.create
      with: {path: out.zip, files: ["out/*"]}
    - id: unpacked
      do: archive.extract
      with: {path: out.zip, to: again}
    - assert: "${{ unpacked.files == ['again/out/a.txt'] }}"
    ```
    """
    if params.to:
        safe_path(params.to)  # a folder that is wrong is no fault of the archive
    done: dict[str, None] = {}
    skipped: list[str] = []
    async with workspace.reading(params.path) as path:
        with ExitStack() as stack:
            packed = Packed(path, params.path, params.password)
            archive = await asyncio.to_thread(stack.enter_context, opened(packed))
            members = _wanted(archive, params)
            while (found := await asyncio.to_thread(next, members, None)) is not None:
                member, name, content = found
                if member.link:
                    skipped.append(member.name)
                    continue
                _refuse_taken(workspace, name, done, params)
                async with workspace.writing(name) as target:
                    await asyncio.to_thread(_unpack, content, target)
                done[name] = None
    return Extracted(files=tuple(done), count=len(done), skipped=tuple(skipped))


def _wanted(archive: Archive, params: Extract) -> Iterator[tuple[Member, str, Callable[[], BufferedIOBase]]]:
    """Give the files that are asked for, with where they go."""
    pattern = glob_expression(params.pattern)
    for number, (member, content) in enumerate(archive.members(), start=1):
        if number > MOST_FILES:
            raise InvalidFileError(f"{params.path!r} has more than {MOST_FILES} files; unpack it elsewhere")
        inner = _safe(member.name, params)
        if pattern.fullmatch(inner):
            yield member, _safe(f"{params.to}/{inner}" if params.to else inner, params), content


def _safe(name: str, params: Extract) -> str:
    try:
        return safe_path(name)
    except PathOutsideWorkspaceError as error:
        raise InvalidFileError(f"{params.path!r} has a file that must not be unpacked: {error.message}") from error


def _refuse_taken(workspace: Workspace, name: str, done: dict[str, None], params: Extract) -> None:
    if name in done and not params.overwrite:
        raise InvalidFileError(
            f"{params.path!r} has two files that would be {name!r}; set 'overwrite: true' to keep the last of them"
        )
    if workspace.exists(name) and not params.overwrite:
        raise WorkspaceFileError(
            f"the run already has a file {name!r}; set 'overwrite: true' to replace it, or unpack to another folder"
        )


def _unpack(content: Callable[[], BufferedIOBase], target: Path) -> None:
    with content() as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, 1024 * 1024)
