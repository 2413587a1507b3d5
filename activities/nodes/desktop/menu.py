"""Choose from a menu."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from activities.node import Result, node
from activities.sessions.control import Words
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from workflows.spec import Effect


class Menu(OnDesktop):
    """Which item."""

    path: Annotated[tuple[Words, ...], Field(min_length=1)]
    """The names that lead to it, from the menu bar or from a menu that is open; dots at the end may be left out."""


class Chosen(Result):
    """Nothing: what the item did is there to be read."""


@node("desktop.menu", needs=DESKTOP, effect=Effect.ONCE, workspace=False, label="path")
async def menu(desktop: DesktopSession, params: Menu) -> Chosen:
    """Choose an item of the program's menu bar, or of a menu that is open.

    ```yaml
    - id: numbers
      do: desktop.menu
      with: {app: editor, path: [View, Line Numbers]}
    ```
    """
    await desktop.menu(params.path)
    return Chosen()
