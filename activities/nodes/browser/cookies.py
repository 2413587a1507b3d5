"""Read cookies."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.address import Address
from activities.sessions.browser import BROWSER, Page
from activities.sessions.profile import Cookie
from workflows.spec import Effect


class Cookies(Params):
    """Which cookies."""

    url: Address | None = None
    """Only those that go to this address; by default all."""
    name: str | None = None
    """Only those of this name."""


class CookieList(Result):
    """The cookies."""

    cookies: list[Cookie]
    """One entry per cookie."""
    count: int
    """How many there are."""


@node("browser.cookies", needs=BROWSER, effect=Effect.READ, label="url")
async def cookies(page: Page, params: Cookies) -> CookieList:
    """Read the browser's cookies.

    What a cookie holds may be as good as a password: it becomes part of the run's history like any output.

    ```yaml
    - id: session
      do: browser.cookies
      with: {url: "https://example.com/", name: session}
    ```
    """
    found = [each for each in await page.profile.cookies(params.url) if params.name in {None, each.name}]
    return CookieList(cookies=found, count=len(found))
