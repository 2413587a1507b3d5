"""Double click a control."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.desktop import DESKTOP, DesktopSession, Pointing
from workflows.spec import Effect


class DoubleClick(Pointing):
    """What to click twice."""


class Clicked(Result):
    """Nothing: what the clicks did is there to be read."""


@node("desktop.double_click", needs=DESKTOP, effect=Effect.ONCE, label="target")
async def double_click(desktop: DesktopSession, params: DoubleClick) -> Clicked:
    """Double click a control with the mouse, once it is visible and enabled.

    ```yaml
    - id: word
      do: desktop.double_click
      with: {app: editor, target: {control_type: Edit}, position: {x: 10, y: 10}}
    ```
    """
    await desktop.invoke(params.target, params.stroke(count=2))
    return Clicked()
