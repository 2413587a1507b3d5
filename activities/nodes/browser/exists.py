"""See whether an element is there."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.spot import Spot
from activities.sessions.target import Target
from workflows.duration import Duration
from workflows.spec import Effect


class Exists(OnPage):
    """What to look for."""

    target: Target
    """The element; here it may match more than one, unless there is a spot."""
    spot: Spot | None = None
    """What the element must show, e.g. `{text: Paid}` or `{image: paid.png}` on a canvas."""
    timeout: Duration = timedelta()
    """How long to wait for it to appear; by default it is there or not when the page has loaded."""


class Existence(Result):
    """What was seen."""

    exists: bool
    """Whether at least one visible element matches, and shows the spot if there is one."""


@node("browser.exists", needs=BROWSER, effect=Effect.READ, label="target", workspace_for="spot")
async def exists(page: Page, params: Exists) -> Existence:
    """See whether an element is visible; absence is an answer, not an error.

    ```yaml
    - id: banner
      do: browser.exists
      with: {target: {role: alert}, timeout: 2s}
    ```
    """
    if params.spot is not None:
        return Existence(exists=await page.sees(params.target, params.spot, within=params.timeout))
    return Existence(exists=await page.exists(params.target, within=params.timeout))
