"""Set cookies."""

from __future__ import annotations

from pydantic import Field

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from activities.sessions.profile import Cookie
from workflows.spec import Effect


class SetCookies(Params):
    """Which cookies."""

    cookies: list[Cookie] = Field(min_length=1)
    """The cookies."""


class CookiesSet(Result):
    """How it went."""

    count: int
    """How many were set."""


@node("browser.set_cookies", needs=BROWSER, effect=Effect.IDEMPOTENT)
async def set_cookies(page: Page, params: SetCookies) -> CookiesSet:
    """Set cookies; those of the same name and place are replaced.

    ```yaml
    - id: consent
      do: browser.set_cookies
      with: {cookies: [{name: consent, value: "no", domain: example.com}]}
    ```
    """
    await page.profile.set_cookies(params.cookies)
    return CookiesSet(count=len(params.cookies))
