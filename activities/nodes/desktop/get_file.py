"""Take a file that a program has written."""

from __future__ import annotations

import asyncio
import shutil

from activities.node import Params, Result, node
from activities.sessions.control import Words
from activities.sessions.desktop import DESKTOP, DesktopSession
from workflows.spec import Effect


class GetFile(Params):
    """Which file, and where to."""

    name: Words
    """The file in the desktop's folder, e.g. `report.pdf`."""
    path: str | None = None
    """Where to put it in the run's workspace; by default under the same name."""


class Got(Result):
    """The file."""

    path: str
    """Where it is in the run's workspace."""
    size: int
    """Bytes."""
    artifact: str
    """Its digest, under which it is stored."""


@node("desktop.get_file", needs=DESKTOP, effect=Effect.READ, label="name")
async def get_file(desktop: DesktopSession, params: GetFile) -> Got:
    """Take a file that a program has saved in the desktop's folder into the run, once it is written completely.

    A file that was lent to programs counts once one of them has saved it. To take a file for the second time, wait for
    a sign of its program that it has been saved again.

    ```yaml
    - id: journal
      do: desktop.get_file
      with: {name: journal.txt, path: out/journal.txt}
    ```
    """
    place = await desktop.saved(params.name)
    path = params.path or params.name
    async with desktop.workspace.writing(path) as file:
        await asyncio.to_thread(shutil.copyfile, place, file)
    entry = desktop.workspace.entry(path)
    return Got(path=path, size=entry.size, artifact=entry.digest)
