"""List the files of an archive."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import islice

from activities.formats.archive import MOST_FILES, Member, Packed, opened
from activities.node import Params, Result, node
from activities.sessions.files import FILES, Workspace
from workflows.spec import Effect


class List(Params):
    """Which archive to look into."""

    path: str
    """The archive (zip, tar, tar.gz, tar.bz2, tar.xz), relative to the run's workspace."""


class Listed(Result):
    """One file of the archive."""

    path: str
    """Its path there."""
    size: int | None
    """How long it is when unpacked, in bytes; null where only unpacking tells."""
    link: bool
    """Whether it is a link or device, which is never unpacked."""


class Listing(Result):
    """What the archive holds."""

    files: tuple[Listed, ...]
    """Its files, in its order; the first 10,000."""
    count: int
    """How many there are."""


@node("archive.list", needs=FILES, effect=Effect.READ, label="path", timeout=timedelta(minutes=5))
async def list_archive(workspace: Workspace, params: List) -> Listing:
    """List the files of a zip or tar archive without unpacking it.

    ```yaml
    - do: files.write
      with: {path: out/a.txt, content: Hello}
    - do: archive.create
      with: {path: out.zip, files: ["out/*"]}
    - id: packed
      do: archive.list
      with: {path: out.zip}
    - assert: "${{ packed.files[0].path == 'out/a.txt' }}"
    ```
    """
    async with workspace.reading(params.path) as path:
        members = await asyncio.to_thread(_members, Packed(path, params.path))
    files = tuple(Listed(path=member.name, size=member.size, link=member.link) for member in members)
    return Listing(files=files, count=len(files))


def _members(packed: Packed) -> list[Member]:
    with opened(packed) as archive:
        return [member for member, _ in islice(archive.members(), MOST_FILES)]
