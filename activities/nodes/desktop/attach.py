"""Work with a program that runs already."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.control import Control
from activities.sessions.desktop import DESKTOP, AppName, DesktopSession
from workflows.spec import Effect


class Attach(Params):
    """Which program."""

    window: Control
    """One of its windows."""
    app: AppName
    """What later steps call it."""


class Attached(Result):
    """The program."""

    app: str
    """What later steps call it."""
    pid: int
    """The number of its process."""
    title: str
    """The title of its window."""


@node("desktop.attach", needs=DESKTOP, effect=Effect.IDEMPOTENT, label="window")
async def attach(desktop: DesktopSession, params: Attach) -> Attached:
    """Work with a program that is on the desktop already, e.g. one that another program has opened.

    Later steps are about it, unless they say `app`.

    ```yaml
    - id: report
      do: desktop.attach
      with: {window: {control_type: Window, sub_name: Calculator}, app: calc}
    ```
    """
    app = await desktop.attach(params.window, params.app)
    return Attached(app=app.name, pid=app.pid, title=app.title)
