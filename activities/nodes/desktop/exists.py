"""See whether a control is there."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Result, node
from activities.sessions.control import Control
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from workflows.duration import Duration
from workflows.spec import Effect


class Exists(OnDesktop):
    """What to look for."""

    target: Control
    """The control, or a window; here it may match more than one."""
    timeout: Duration = timedelta()
    """How long to wait for it to appear; by default it is there now or not."""


class Existence(Result):
    """What was seen."""

    exists: bool
    """Whether at least one visible control matches."""


@node("desktop.exists", needs=DESKTOP, effect=Effect.READ, label="target")
async def exists(desktop: DesktopSession, params: Exists) -> Existence:
    """See whether a control is visible; absence is an answer, not an error.

    ```yaml
    - id: question
      do: desktop.exists
      with: {app: editor, target: {control_type: Window, name: Save Changes}, timeout: 1s}
    ```
    """
    return Existence(exists=await desktop.exists(params.target, within=params.timeout))
