"""Go forward again."""

from __future__ import annotations

from datetime import timedelta

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from workflows.spec import Effect


class Forward(OnPage):
    """In which tab."""


class ForwardAt(Result):
    """Where it led."""

    url: str
    """The address of the page."""
    title: str
    """Its title."""


@node("browser.forward", needs=BROWSER, effect=Effect.READ, timeout=timedelta(seconds=60))
async def forward(page: Page, params: Forward) -> ForwardAt:  # noqa: ARG001 - the tab of its choice is `page`
    """Go forward to the page that `browser.back` left, as the browser's own button does.

    To go forward where nothing follows is an error.

    ```yaml
    - id: list
      do: browser.back
    - id: details
      do: browser.forward
    ```
    """
    visit = await page.forward()
    return ForwardAt(url=visit.url, title=visit.title)
