"""Put the mouse over an element."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.spot import Spot
from activities.sessions.target import Target
from workflows.spec import Effect


class Hover(OnPage):
    """What to point at."""

    target: Target
    """The element."""
    spot: Spot | None = None
    """Where on the element, by what is seen there, e.g. `{image: bar.png}` on a canvas; by default its middle."""


class Hovered(Result):
    """Nothing: what appears is for the next steps."""


@node("browser.hover", needs=BROWSER, effect=Effect.IDEMPOTENT, label="target", workspace_for="spot")
async def hover(page: Page, params: Hover) -> Hovered:
    """Put the mouse over an element, once it is visible and not covered, e.g. to open a menu.

    ```yaml
    - id: menu
      do: browser.hover
      with: {target: {role: menuitem, name: Reports}}
    ```
    """
    await page.hover(params.target, params.spot)
    return Hovered()
