"""Choose an item."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.control import Control, Words
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from workflows.spec import Effect


class Select(OnDesktop):
    """What to choose where."""

    target: Control
    """The list, the combo box, the tree or the tabs."""
    item: Words
    """The name of the item."""


class Selected(Result):
    """What is chosen now."""

    item: str
    """The name of the item."""


@node("desktop.select", needs=DESKTOP, effect=Effect.IDEMPOTENT, label="target")
async def select(desktop: DesktopSession, params: Select) -> Selected:
    """Choose an item of a list, a combo box, a tree or tabs by its name, and see that it is chosen.

    ```yaml
    - id: category
      do: desktop.select
      with: {app: form, target: {control_type: ComboBox}, item: Travel}
    ```
    """
    await desktop.select(params.target, params.item)
    return Selected(item=params.item)
