"""Fill in a field."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.control import Control
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from activities.sessions.writable import Writable, as_typed
from workflows.spec import Effect


class Fill(OnDesktop):
    """What to write where."""

    target: Control
    """The field, the slider or the cell."""
    value: Writable
    """What it shall hold; empty text clears it. A number is written with a point and without groups."""


class Filled(Result):
    """Nothing: what was written may be confidential."""


@node("desktop.fill", needs=DESKTOP, effect=Effect.IDEMPOTENT, label="target")
async def fill(desktop: DesktopSession, params: Fill) -> Filled:
    """Replace what a field holds, and see that it holds it.

    ```yaml
    - id: company
      do: desktop.fill
      with: {app: form, target: {control_type: Edit, name: Supplier}, value: ACME GmbH}
    ```
    """
    await desktop.set_value(params.target, as_typed(params.value))
    return Filled()
