"""Press keys."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.control import Control, Words
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from workflows.spec import Effect


class Press(OnDesktop):
    """Which keys, and where."""

    keys: Words
    """The keys one after the other: characters, and in braces names such as `{Enter}`, `{Tab}`, `{F5}`, `{Down}`;
    `{Ctrl}`, `{Shift}`, `{Alt}` and `{Win}` are held for the key that follows, e.g. `{Ctrl}s`."""
    target: Control | None = None
    """The control that gets them; by default whatever has the focus in the program."""


class Pressed(Result):
    """Nothing: what the keys did is there to be read."""


@node("desktop.press", needs=DESKTOP, effect=Effect.ONCE, label="keys")
async def press(desktop: DesktopSession, params: Press) -> Pressed:
    """Press keys and combinations of keys.

    ```yaml
    - id: save
      do: desktop.press
      with: {app: editor, keys: "{Ctrl}s"}
    ```
    """
    await desktop.send_keys(params.keys, params.target)
    return Pressed()
