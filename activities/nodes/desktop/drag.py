"""Drag a control onto another."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.control import Control
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from workflows.spec import Effect


class Drag(OnDesktop):
    """What to drag where."""

    target: Control
    """The control to drag."""
    to: Control
    """The control to drop it on."""


class Dropped(Result):
    """Nothing: what dropping it did is there to be read."""


@node("desktop.drag", needs=DESKTOP, effect=Effect.ONCE, label="target")
async def drag(desktop: DesktopSession, params: Drag) -> Dropped:
    """Drag a control with the mouse and drop it in the middle of another.

    ```yaml
    - id: order
      do: desktop.drag
      with: {app: tabs, target: {control_type: TabItem, name: a.txt}, to: {control_type: TabItem, name: c.txt}}
    ```
    """
    await desktop.drag(params.target, params.to)
    return Dropped()
