"""Switch something on or off."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.control import Control
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from workflows.spec import Effect


class Toggle(OnDesktop):
    """What, and how it shall be."""

    target: Control
    """The check box, switch or toggle button."""
    checked: bool = True
    """Whether it shall be on."""


class Toggled(Result):
    """How it is now."""

    checked: bool
    """Whether it is on."""
    changed: bool
    """Whether it had to be switched."""


@node("desktop.toggle", needs=DESKTOP, effect=Effect.IDEMPOTENT, label="target")
async def toggle(desktop: DesktopSession, params: Toggle) -> Toggled:
    """Switch a check box or the like on or off, and see that it is; one that is as it shall be is left alone.

    ```yaml
    - id: numbers
      do: desktop.toggle
      with: {app: settings, target: {control_type: CheckBox, name: Show line numbers}}
    ```
    """
    changed = await desktop.toggle(params.target, on=params.checked)
    return Toggled(checked=params.checked, changed=changed)
