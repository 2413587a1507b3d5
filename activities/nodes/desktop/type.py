"""Type a text."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.control import Control, Words
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from workflows.spec import Effect


class Type(OnDesktop):
    """What to type where."""

    text: Words
    """The text as it is; a line break is the Enter key."""
    target: Control | None = None
    """The control that gets it; by default whatever has the focus in the program."""


class Typed(Result):
    """Nothing: what was typed may be confidential."""


@node("desktop.type", needs=DESKTOP, effect=Effect.ONCE, label="target")
async def type(desktop: DesktopSession, params: Type) -> Typed:  # noqa: A001 - what people call it
    """Type a text key by key, as a person would; it is added to what is there.

    `desktop.fill` is faster, can be repeated, and is enough for most fields.

    ```yaml
    - id: more
      do: desktop.type
      with: {app: editor, target: {control_type: Edit}, text: "Paid on Monday"}
    ```
    """
    await desktop.type(params.text, params.target)
    return Typed()
