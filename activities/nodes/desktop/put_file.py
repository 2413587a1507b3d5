"""Give a program a file of the run."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.control import Words
from activities.sessions.desktop import DESKTOP, DesktopSession
from workflows.spec import Effect


class PutFile(Params):
    """Which file, and as what."""

    path: Words
    """The file in the run's workspace."""
    name: Words | None = None
    """What to call it in the desktop's folder; by default its own name."""


class Put(Result):
    """Where it is."""

    place: str
    """Its whole path on the robot, e.g. to type into a program's dialog."""


@node("desktop.put_file", needs=DESKTOP, effect=Effect.IDEMPOTENT, label="path")
async def put_file(desktop: DesktopSession, params: PutFile) -> Put:
    """Copy a file of the run into the desktop's folder, for a program that runs to open; one of that name is replaced.

    A program that is about to be started gets files from `desktop.launch` itself.

    ```yaml
    - id: attachment
      do: desktop.put_file
      with: {path: notes.txt, name: attachment.txt}
    ```
    """
    return Put(place=str(await desktop.lend(params.path, params.name)))
