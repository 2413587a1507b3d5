"""Read a control."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.control import Control
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from workflows.spec import Effect


class Read(OnDesktop):
    """What to read."""

    target: Control
    """The control."""


class Text(Result):
    """What was read."""

    text: str
    """What the field holds, or the text the control shows."""
    name: str
    """Its name."""
    enabled: bool
    """Whether it can be used."""
    checked: bool | None
    """Whether it is checked; null for what cannot be."""
    selected: bool | None
    """Whether it is selected; null for what cannot be."""
    expanded: bool | None
    """Whether it is unfolded; null for what cannot be."""


@node("desktop.read", needs=DESKTOP, effect=Effect.READ, label="target")
async def read(desktop: DesktopSession, params: Read) -> Text:
    """Read what a control shows and how it is, once it is visible.

    ```yaml
    - id: notes
      do: desktop.read
      with: {app: editor, target: {control_type: Edit}}
    ```
    """
    facts = await desktop.find(params.target)
    text = await desktop.get_value(params.target)
    return Text(
        text=text,
        name=facts.name,
        enabled=facts.enabled,
        checked=facts.checked,
        selected=facts.selected,
        expanded=facts.expanded,
    )
