"""Open a page."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Params, Result, node
from activities.sessions.address import Address
from activities.sessions.browser import BROWSER, Page
from activities.sessions.profile import Viewport
from workflows.spec import Effect


class Open(Params):
    """Which page."""

    url: Address
    """The address, beginning with `http://` or `https://`."""
    viewport: Viewport | None = None
    """How large the page is shown; by default as it was, at first 1280 by 800."""


class Opened(Result):
    """Where it led."""

    url: str
    """The address after redirects."""
    title: str
    """The page's title."""
    status: int | None
    """The HTTP status of the answer; null if nothing was fetched."""


@node("browser.open", needs=BROWSER, effect=Effect.READ, timeout=timedelta(seconds=60), label="url", checkpoint=True)
async def open(page: Page, params: Open) -> Opened:  # noqa: A001 - what people call it
    """Open a page, as the only tab of the run's browser, and wait until it has loaded.

    Its name is `main`. Cookies and logins stay from page to page until the run ends. An answer of 500 or more is an
    error; what else the server answers is in `status`.

    ```yaml
    - id: portal
      do: browser.open
      with: {url: "https://example.com/"}
    ```
    """
    size = (params.viewport.width, params.viewport.height) if params.viewport else None
    visit = await page.open(params.url, size)
    return Opened(url=visit.url, title=visit.title, status=visit.status)
