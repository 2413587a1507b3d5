"""Go to another address."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Result, node
from activities.sessions.address import AnyAddress
from activities.sessions.browser import BROWSER, OnPage, Page
from workflows.spec import Effect


class Goto(OnPage):
    """Where to."""

    url: AnyAddress
    """The address; one that begins with `/`, `?`, `#` or `.` is relative to the page."""


class Reached(Result):
    """Where it led."""

    url: str
    """The address after redirects."""
    title: str
    """The page's title."""
    status: int | None
    """The HTTP status of the answer; null if nothing was fetched, as for an anchor of the same page."""


@node("browser.goto", needs=BROWSER, effect=Effect.READ, timeout=timedelta(seconds=60), label="url", checkpoint=True)
async def goto(page: Page, params: Goto) -> Reached:
    """Go to another address in the tab in front, and wait until it has loaded.

    ```yaml
    - id: portal
      do: browser.open
      with: {url: "https://example.com/"}
    - id: help
      do: browser.goto
      with: {url: /help}
    ```
    """
    visit = await page.goto(params.url)
    return Reached(url=visit.url, title=visit.title, status=visit.status)
