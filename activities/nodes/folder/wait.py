"""Wait for a file in a folder of the robot's host."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta

from pydantic import Field

from activities.node import Params, Result, node
from activities.sessions.folders import FOLDERS, FolderName, Folders, Seen
from workflows.duration import Duration, format_duration
from workflows.errors import EventExpiredError
from workflows.spec import Effect


class Wait(Params):
    """What to wait for."""

    folder: FolderName
    """What the setting `files.folders` calls the folder."""
    pattern: str = "*"
    """Paths with wildcards: `*` and `?` stay within a folder, `**` goes through all of them."""
    within: Duration = Field(default=timedelta(minutes=5), ge=timedelta(0))
    """How long to wait; for longer than nine minutes, give the step a longer `timeout`, too."""
    settle: Duration = Field(default=timedelta(seconds=2), ge=timedelta(milliseconds=100))
    """How long a file must stay as it is before it counts as complete."""


class Arrived(Result):
    """The file that has been there longest of those that match."""

    path: str
    """Where it is in the folder."""
    name: str
    """The last part of the path."""
    size: int
    """How long it is, in bytes."""
    modified: datetime
    """When it was last changed."""


@node("folder.wait", needs=FOLDERS, effect=Effect.READ, label="pattern", timeout=timedelta(minutes=10))
async def wait(folders: Folders, params: Wait) -> Arrived:
    """Wait until a file is in a folder of the robot's host and complete: neither its size nor its time changes.

    If none comes in time, the error is `EventExpiredError`. Runs that wait side by side may get the same file: have
    each move it to a place of its own (`folder.move`), which only one of them can.

    ```yaml
    - id: letter
      do: folder.wait
      with: {folder: inbox, pattern: "*.pdf", within: 1m, settle: 200ms}
    - do: folder.fetch
      with: {folder: inbox, path: "${{ letter.path }}"}
    ```
    """
    ends = time.monotonic() + params.within.total_seconds()
    pause = min(params.settle.total_seconds() / 2, 2.0)
    since: dict[Seen, float] = {}
    while True:
        now = time.monotonic()
        since = {seen: since.get(seen, now) for seen in await folders.find(params.folder, params.pattern)}
        complete = [seen for seen, first in since.items() if now - first >= params.settle.total_seconds()]
        if complete:
            found = min(complete, key=lambda seen: (seen.modified, seen.path))
            name = found.path.rpartition("/")[2]
            return Arrived(path=found.path, name=name, size=found.size, modified=found.modified)
        if now >= ends:
            raise EventExpiredError(
                f"no file that matches {params.pattern!r} was complete in folder {params.folder!r} within "
                f"{format_duration(params.within)}"
            )
        await asyncio.sleep(pause)
