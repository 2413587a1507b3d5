"""List the tabs."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from activities.sessions.profile import Part
from workflows.spec import Effect


class Tabs(Params):
    """Nothing to say: it is all of them."""


class TabFacts(Part):
    """One tab."""

    name: str
    """What steps call it under `page`."""
    url: str
    """The address of its page."""
    title: str
    """The title of its page."""
    front: bool
    """Whether it is in front."""


class TabList(Result):
    """The tabs."""

    tabs: list[TabFacts]
    """One entry per tab; the one in front is the last."""
    count: int
    """How many there are."""


@node("browser.tabs", needs=BROWSER, effect=Effect.READ)
async def tabs(page: Page, params: Tabs) -> TabList:  # noqa: ARG001 - every node takes parameters
    """List the tabs that are open, by name.

    ```yaml
    - id: open_ones
      do: browser.tabs
    ```
    """
    found = [TabFacts(name=tab.name, url=tab.url, title=tab.title, front=tab.front) for tab in await page.tabs()]
    return TabList(tabs=found, count=len(found))
