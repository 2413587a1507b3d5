"""Switch to another tab."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page, TabName
from workflows.spec import Effect


class Switch(OnPage):
    """Which tab."""

    page: TabName
    """Its name; it is waited for."""


class Switched(Result):
    """What is in front now."""

    url: str
    """The address of the page."""
    title: str
    """Its title."""


@node("browser.switch", needs=BROWSER, effect=Effect.READ, label="page")
async def switch(page: Page, params: Switch) -> Switched:  # noqa: ARG001 - the tab of its choice is `page`
    """Bring a tab to the front: the steps that follow act in it.

    ```yaml
    - id: portal
      do: browser.switch
      with: {page: main}
    ```
    """
    visit = await page.show()
    return Switched(url=visit.url, title=visit.title)
