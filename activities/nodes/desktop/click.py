"""Click a control."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.desktop import DESKTOP, DesktopSession, Pointing
from workflows.spec import Effect


class Click(Pointing):
    """What to click."""


class Clicked(Result):
    """Nothing: what the click did is there to be read."""


@node("desktop.click", needs=DESKTOP, effect=Effect.ONCE, label="target")
async def click(desktop: DesktopSession, params: Click) -> Clicked:
    """Press a button or another control, once it is visible and enabled.

    Where its program says how it is pressed, no mouse is needed, and it works behind other windows too.

    ```yaml
    - id: seven
      do: desktop.click
      with: {app: calculator, target: {control_type: Button, name: "7"}}
    ```
    """
    await desktop.invoke(params.target, params.stroke())
    return Clicked()
