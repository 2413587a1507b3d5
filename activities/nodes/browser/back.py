"""Go back to the page before."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from workflows.spec import Effect


class Back(OnPage):
    """In which tab."""


class BackAt(Result):
    """Where it led."""

    url: str
    """The address of the page."""
    title: str
    """Its title."""


@node("browser.back", needs=BROWSER, effect=Effect.READ, timeout=timedelta(seconds=60))
async def back(page: Page, params: Back) -> BackAt:  # noqa: ARG001 - the tab of its choice is `page`
    """Go back to the page before, as the browser's own button does.

    To go back where nothing was before is an error.

    ```yaml
    - id: portal
      do: browser.open
      with: {url: "https://example.com/"}
    - id: details
      do: browser.click
      with: {target: {role: link, name: Details}}
    - id: list
      do: browser.back
    ```
    """
    visit = await page.back()
    return BackAt(url=visit.url, title=visit.title)
