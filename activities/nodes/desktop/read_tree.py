"""Read all controls of a program."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from activities.node import Params, Result, node
from activities.sessions.control import Control
from activities.sessions.desktop import DESKTOP, DesktopSession, OnDesktop
from workflows.spec import Effect


class ReadTree(OnDesktop):
    """Where, and how far."""

    target: Control | None = None
    """What to look inside of; by default all windows of the program."""
    depth: Annotated[int, Field(ge=0, le=100)] = 20
    """How many levels down."""


class Known(Params):
    """What a program says of a control."""

    depth: int
    """Its level: 0 for where the tree begins."""
    control_type: str
    """What kind of control it is."""
    name: str
    """Its name; empty if it has none."""
    automation_id: str
    """The name its programmers gave it; empty if it has none."""
    class_name: str
    """What its system or toolkit calls its kind."""
    enabled: bool
    """Whether it can be used."""
    visible: bool
    """Whether it can be seen."""
    checked: bool | None
    """Whether it is checked; null for what cannot be."""


class Tree(Result):
    """The controls."""

    controls: list[Known]
    """Each control, before those inside of it."""
    count: int
    """How many there are."""


@node("desktop.read_tree", needs=DESKTOP, effect=Effect.READ, label="target")
async def read_tree(desktop: DesktopSession, params: ReadTree) -> Tree:
    """Read what controls a program has, with what it says of them.

    People use `aether desktop inspect`; this is for documents that must find out what there is.

    ```yaml
    - id: windows
      do: desktop.read_tree
      with: {app: editor, depth: 0}
    ```
    """
    branches = await desktop.tree(params.target, depth=params.depth)
    controls = [
        Known(
            depth=branch.depth,
            control_type=branch.facts.control_type,
            name=branch.facts.name,
            automation_id=branch.facts.automation_id,
            class_name=branch.facts.class_name,
            enabled=branch.facts.enabled,
            visible=branch.facts.visible,
            checked=branch.facts.checked,
        )
        for branch in branches
    ]
    return Tree(controls=controls, count=len(controls))
