"""Load a page again."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from workflows.spec import Effect, EffectRule


class Reload(OnPage):
    """In which tab."""

    resend: bool = False
    """Whether a form may be sent again, where that is what led to the page; without it such a page is refused."""


class Reloaded(Result):
    """What came."""

    url: str
    """The address of the page."""
    title: str
    """Its title."""
    status: int | None
    """The HTTP status of the answer; null if nothing was fetched."""


@node(
    "browser.reload",
    needs=BROWSER,
    effect=Effect.READ,
    effects=[EffectRule(param="resend", values=(True,), effect=Effect.ONCE)],
    timeout=timedelta(seconds=60),
)
async def reload(page: Page, params: Reload) -> Reloaded:
    """Load the page again, and wait until it has loaded.

    ```yaml
    - id: refresh
      do: browser.reload
    ```
    """
    visit = await page.reload(resend=params.resend)
    return Reloaded(url=visit.url, title=visit.title, status=visit.status)
