"""See whether an element is there."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.duration import Duration
from workflows.spec import Effect


class Exists(OnPage):
    """What to look for."""

    target: Target
    """The element; here it may match more than one."""
    timeout: Duration = timedelta()
    """How long to wait for it to appear; by default it is there or not when the page has loaded."""


class Existence(Result):
    """What was seen."""

    exists: bool
    """Whether at least one visible element matches."""


@node("browser.exists", needs=BROWSER, effect=Effect.READ, label="target")
async def exists(page: Page, params: Exists) -> Existence:
    """See whether an element is visible; absence is an answer, not an error.

    ```yaml
    - id: banner
      do: browser.exists
      with: {target: {role: alert}, timeout: 2s}
    ```
    """
    return Existence(exists=await page.exists(params.target, within=params.timeout))
