"""Open a page in another tab."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Params, Result, node
from activities.sessions.address import AnyAddress
from activities.sessions.browser import BROWSER, Page, TabName
from workflows.spec import Effect


class OpenTab(Params):
    """Which page, and what to call its tab."""

    page: TabName
    """What the tab is called from now on, for the steps that are about it; one of this name is used again."""
    url: AnyAddress
    """The address; it may be relative to the page in front."""


class TabOpened(Result):
    """Where it led."""

    url: str
    """The address after redirects."""
    title: str
    """The page's title."""
    status: int | None
    """The HTTP status of the answer; null if nothing was fetched."""


@node("browser.open_tab", needs=BROWSER, effect=Effect.READ, timeout=timedelta(seconds=60), label="url")
async def open_tab(page: Page, params: OpenTab) -> TabOpened:
    """Open a page in another tab, which comes to the front, and wait until it has loaded.

    Steps act in the tab in front, or in the one they name under `page`. The first tab is called `main`; tabs that
    pages open by themselves are `popup`, `popup_2` and so on, or as the click says under `opens`.

    ```yaml
    - id: rates
      do: browser.open_tab
      with: {page: rates, url: "https://example.com/rates"}
    - id: rate
      do: browser.read
      with: {page: rates, target: {test_id: rate}}
    - id: amount
      do: browser.fill
      with: {page: main, target: {label: Rate}, value: "${{ rate.text }}"}
    ```
    """
    visit = await page.open_tab(params.page, params.url)
    return TabOpened(url=visit.url, title=visit.title, status=visit.status)
