"""Open the menu of a control."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.desktop import DESKTOP, DesktopSession, Pointing
from workflows.spec import Effect


class RightClick(Pointing):
    """What to click."""


class Clicked(Result):
    """Nothing: what the click did is there to be read."""


@node("desktop.right_click", needs=DESKTOP, effect=Effect.ONCE, label="target")
async def right_click(desktop: DesktopSession, params: RightClick) -> Clicked:
    """Click a control with the right mouse button, e.g. to open its menu; `desktop.menu` chooses from that.

    ```yaml
    - id: menu
      do: desktop.right_click
      with: {app: editor, target: {control_type: Edit}}
    - id: can_paste
      do: desktop.exists
      with: {app: editor, target: {control_type: MenuItem, name: Paste}, timeout: 2s}
    - id: close
      do: desktop.press
      with: {app: editor, keys: "{Esc}"}
    ```
    """
    await desktop.invoke(params.target, params.stroke("right"))
    return Clicked()
