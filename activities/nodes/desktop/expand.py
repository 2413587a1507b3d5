"""Unfold something."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.control import Control
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from workflows.spec import Effect


class Expand(OnDesktop):
    """What, and how it shall be."""

    target: Control
    """The item of a tree, the combo box or whatever else can be unfolded."""
    expanded: bool = True
    """Whether it shall be open; false folds it."""


class Expanded(Result):
    """How it is now."""

    expanded: bool
    """Whether it is open."""


@node("desktop.expand", needs=DESKTOP, effect=Effect.IDEMPOTENT, label="target")
async def expand(desktop: DesktopSession, params: Expand) -> Expanded:
    """Unfold or fold an item of a tree or the like; one that is as it shall be is left alone.

    A list that hangs open keeps keyboard and mouse to itself: fold it before anything else.

    ```yaml
    - id: open
      do: desktop.expand
      with: {app: form, target: {control_type: ComboBox}}
    - id: fold
      do: desktop.expand
      with: {app: form, target: {control_type: ComboBox}, expanded: false}
    ```
    """
    await desktop.expand(params.target, open=params.expanded)
    return Expanded(expanded=params.expanded)
