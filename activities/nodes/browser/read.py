"""Read an element."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Read(OnPage):
    """What to read."""

    target: Target
    """The element."""
    attribute: str | None = None
    """An attribute of its HTML, e.g. `href`; by default what the element shows."""


class Text(Result):
    """What was read."""

    text: str | None
    """The text; null for an attribute the element does not have."""


@node("browser.read", needs=BROWSER, effect=Effect.READ, label="target")
async def read(page: Page, params: Read) -> Text:
    """Read what an element shows, once it is visible: its text, or what a field holds.

    A password field reads as dots. With `attribute` the element may be hidden.

    ```yaml
    - id: number
      do: browser.read
      with: {target: {test_id: confirmation}}
    ```
    """
    return Text(text=await page.read(params.target, params.attribute))
