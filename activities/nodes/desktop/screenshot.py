"""Take a picture of a program."""

from __future__ import annotations

import asyncio
import hashlib

from activities.node import Result, node
from activities.sessions.control import Control
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from workflows.spec import Effect


class Screenshot(OnDesktop):
    """What to picture."""

    target: Control | None = None
    """One control or window; by default the whole screen."""
    path: str | None = None
    """Where to put it in the run's workspace; by default in `screenshots/`, under a name of its own."""


class Picture(Result):
    """The picture."""

    path: str
    """Where it is in the run's workspace."""
    artifact: str
    """Its digest, under which it is stored."""
    size: int
    """Bytes."""


@node("desktop.screenshot", needs=DESKTOP, effect=Effect.READ, label="target")
async def screenshot(desktop: DesktopSession, params: Screenshot) -> Picture:
    """Take a picture (PNG) of the screen, or of one control with its program in front of others.

    ```yaml
    - id: proof
      do: desktop.screenshot
      with: {app: calculator, target: {control_type: Window}, path: proof.png}
    ```
    """
    picture = await desktop.screenshot(params.target)
    path = params.path or f"screenshots/{hashlib.sha256(picture).hexdigest()[:16]}.png"
    async with desktop.workspace.writing(path) as file:
        await asyncio.to_thread(file.write_bytes, picture)
    entry = desktop.workspace.entry(path)
    return Picture(path=path, artifact=entry.digest, size=entry.size)
