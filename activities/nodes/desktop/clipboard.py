"""Read or write the clipboard."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.desktop import DESKTOP, DesktopSession
from workflows.spec import Effect, EffectRule


class Clipboard(Params):
    """What to put on it."""

    text: str | None = None
    """A text to put on it; without one it is only read."""


class Content(Result):
    """What is on it now."""

    text: str
    """The text; empty if there is none."""


@node(
    "desktop.clipboard",
    needs=DESKTOP,
    effect=Effect.IDEMPOTENT,
    effects=[EffectRule(param="text", values=(None,), effect=Effect.READ)],
    workspace=False,
)
async def clipboard(desktop: DesktopSession, params: Clipboard) -> Content:
    """Read the text on the desktop's clipboard, or put one there; each run's desktop has its own on Linux.

    ```yaml
    - id: remember
      do: desktop.clipboard
      with: {text: "Invoice 4711"}
    ```
    """
    if params.text is not None:
        await desktop.write_clipboard(params.text)
    return Content(text=await desktop.read_clipboard())
