"""Start a program."""

from __future__ import annotations

import re
from datetime import timedelta

from pydantic import Field

from activities.node import Params, Result, node
from activities.sessions.control import Control, Words
from activities.sessions.desktop import DESKTOP, AppName, DesktopSession
from activities.sessions.desktop import Launch as Start
from workflows.spec import Effect

_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")


class Launch(Params):
    """Which program, and how."""

    program: Words
    """Its name, or its whole path."""
    arguments: tuple[str, ...] = ()
    """What it is told on its command line."""
    files: tuple[Words, ...] = ()
    """Files of the run: the program gets copies of them in the desktop's folder, as its last arguments."""
    app: AppName | None = None
    """What later steps call it; by default the name of the program."""
    window: Control | None = None
    """The window that shows that it is ready; by default any of its windows."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Environment variables it gets besides those of the desktop."""


class Launched(Result):
    """The program."""

    app: str
    """What later steps call it."""
    pid: int
    """The number of its process."""
    title: str
    """The title of its window."""
    folder: str
    """The desktop's folder on the robot: the program begins there, and `desktop.get_file` takes files from there."""


@node("desktop.launch", needs=DESKTOP, effect=Effect.IDEMPOTENT, timeout=timedelta(minutes=1), label="program")
async def launch(desktop: DesktopSession, params: Launch) -> Launched:
    """Start a program, and wait until its window is there.

    Later steps are about the program launched last, unless they say `app`. It ends with the run at the latest.
    A step that is tried again never starts a second program: one that it has started and that still runs is waited
    for instead. A name belongs to one program at a time; close that before the name is used for another.

    ```yaml
    - id: editor
      do: desktop.launch
      with: {program: mousepad, files: [notes.txt], app: notes}
    ```
    """
    start = Start(
        program=params.program,
        arguments=params.arguments,
        files=params.files,
        environment=params.environment,
        window=params.window,
    )
    app = await desktop.launch(start, params.app or _name(params.program))
    return Launched(app=app.name, pid=app.pid, title=app.title, folder=str(desktop.folder))


def _name(program: str) -> str:
    """The name of a program without its folder and ending, as far as an app can be called so."""
    file = re.split(r"[/\\]", program)[-1].removesuffix(".exe")
    return _UNFIT.sub("-", file).strip("-_0123456789")[:64] or "program"
