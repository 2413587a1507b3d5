"""Remove cookies."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from workflows.spec import Effect


class ClearCookies(Params):
    """Which cookies; by default all."""

    name: str | None = None
    """Only those of this name."""
    domain: str | None = None
    """Only those of this host."""


class CookiesCleared(Result):
    """How it went."""

    count: int
    """How many were removed."""


@node("browser.clear_cookies", needs=BROWSER, effect=Effect.IDEMPOTENT, label="name")
async def clear_cookies(page: Page, params: ClearCookies) -> CookiesCleared:
    """Remove cookies, e.g. to log out everywhere.

    ```yaml
    - id: log_out
      do: browser.clear_cookies
    ```
    """
    return CookiesCleared(count=await page.profile.clear_cookies(params.name, params.domain))
