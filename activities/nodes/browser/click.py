"""Click an element."""

from __future__ import annotations

from pydantic import Field

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Dialog, MouseButton, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Click(Params):
    """What to click, and how."""

    target: Target
    """The element."""
    button: MouseButton = "left"
    """Which mouse button."""
    count: int = Field(default=1, ge=1, le=3)
    """How many times in a row; 2 is a double click."""
    dialog: Dialog = "dismiss"
    """What to answer should the page ask whether to go on."""


class Clicked(Result):
    """What the page did at once."""

    url: str
    """Where the browser is now."""
    dialogs: list[str]
    """The messages of the dialogs the page showed."""


@node("browser.click", needs=BROWSER, effect=Effect.ONCE, label="target")
async def click(page: Page, params: Click) -> Clicked:
    """Click an element once it is visible, enabled, still and not covered.

    If the click leads to another page, it waits until that page answers. Dialogs are closed and reported; a question
    is answered as `dialog` says.

    ```yaml
    - id: submit
      do: browser.click
      with: {target: {role: button, name: Pay}}
    ```
    """
    reaction = await page.click(params.target, params.button, params.count, params.dialog)
    return Clicked(url=reaction.url, dialogs=list(reaction.dialogs))
