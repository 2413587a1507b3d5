"""Wait for something to be seen."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.control import Control, Words
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop, State
from workflows.errors import ElementNotReadyError
from workflows.spec import Effect


class Wait(OnDesktop):
    """What to wait for."""

    target: Control
    """The control, or a window."""
    state: State = State.VISIBLE
    """How it shall be; `gone` is also true of one that is not there."""
    text: Words | None = None
    """A text it shall show; being part of it is enough."""


class Waited(Result):
    """Nothing: it is so."""


@node("desktop.wait", needs=DESKTOP, effect=Effect.READ, label="target")
async def wait(desktop: DesktopSession, params: Wait) -> Waited:
    """Wait until a program shows something, as long as the step may take.

    Steps that act wait by themselves for their control: this is for what no step acts on.

    ```yaml
    - id: ready
      do: desktop.wait
      timeout: 2m
      with: {app: editor, target: {control_type: Window, sub_name: journal.txt}}
    ```
    """
    await desktop.wait(params.target, params.state)
    if params.text is not None:
        shown = await desktop.shows(params.target, params.text)
        if shown is not None:
            raise ElementNotReadyError(f"waited in vain for {params.text!r} in {params.target}; it shows {shown!r}")
    return Waited()
