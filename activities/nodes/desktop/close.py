"""Close a program."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from workflows.spec import Effect


class Close(OnDesktop):
    """Which program, and how."""

    force: bool = False
    """Whether to end it as it is, without asking it: what was not saved is lost."""


class Closed(Result):
    """Nothing: it has ended."""


@node("desktop.close", needs=DESKTOP, effect=Effect.IDEMPOTENT, workspace=False, label="app")
async def close(desktop: DesktopSession, params: Close) -> Closed:
    """Close the windows of a program, and wait until it has ended; one that has ended already is no error.

    A program that asks whether to save stays open, and the step fails: answer it with other steps first. Programs that
    are open when the run ends are ended as they are.

    ```yaml
    - id: done
      do: desktop.close
      with: {app: invoices}
    ```
    """
    await desktop.close(force=params.force)
    return Closed()
