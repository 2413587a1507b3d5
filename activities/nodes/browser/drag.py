"""Drag an element onto another."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Drag(OnPage):
    """What to drag where."""

    target: Target
    """The element to drag."""
    to: Target
    """The element to drop it on."""


class Dropped(Result):
    """What the page did at once."""

    url: str
    """Where the browser is now."""
    dialogs: list[str]
    """The messages of the dialogs the page showed."""


@node("browser.drag", needs=BROWSER, effect=Effect.ONCE, label="target")
async def drag(page: Page, params: Drag) -> Dropped:
    """Drag an element with the mouse and drop it in the middle of another, once both can be used.

    What nothing accepts there is an error, unless something has changed while it was dragged.

    ```yaml
    - id: done
      do: browser.drag
      with: {target: {text: Invoice 4711}, to: {role: list, name: Done}}
    ```
    """
    reaction = await page.drag(params.target, params.to)
    return Dropped(url=reaction.url, dialogs=list(reaction.dialogs))
