"""Press a key."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from activities.node import Result, node
from activities.sessions.browser import BROWSER, Dialog, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Press(OnPage):
    """Which key, and where."""

    key: Annotated[str, StringConstraints(min_length=1)]
    """The key: a character, or a name such as `Enter`, `Tab`, `Escape`, `ArrowDown`, `F5`, `Control+a`."""
    target: Target | None = None
    """The element that gets it; by default whatever has the focus."""
    dialog: Dialog | None = None
    """What to answer should the page ask whether to go on; by default as `browser.on_dialog` said, else `dismiss`."""


class Pressed(Result):
    """What the page did at once."""

    url: str
    """Where the browser is now."""
    dialogs: list[str]
    """The messages of the dialogs the page showed."""


@node("browser.press", needs=BROWSER, effect=Effect.ONCE, label="key")
async def press(page: Page, params: Press) -> Pressed:
    """Press a key or a combination of keys.

    ```yaml
    - id: search
      do: browser.press
      with: {key: Enter, target: {role: searchbox}}
    ```
    """
    reaction = await page.press(params.key, params.target, params.dialog)
    return Pressed(url=reaction.url, dialogs=list(reaction.dialogs))
