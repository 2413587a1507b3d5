"""Read all elements that match."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class ReadAll(OnPage):
    """What to read."""

    target: Target
    """The elements; here it may match any number of them."""
    attribute: str | None = None
    """An attribute of their HTML, e.g. `href`; by default what they show."""


class Texts(Result):
    """What was read."""

    texts: list[str | None]
    """One entry per element, in the order of the page; null for an attribute an element does not have."""
    count: int
    """How many elements there are."""


@node("browser.read_all", needs=BROWSER, effect=Effect.READ, label="target")
async def read_all(page: Page, params: ReadAll) -> Texts:
    """Read every element that matches, as they are when the page has loaded; none is not an error.

    ```yaml
    - id: links
      do: browser.read_all
      with: {target: {role: link}, attribute: href}
    ```
    """
    texts = list(await page.read_all(params.target, params.attribute))
    return Texts(texts=texts, count=len(texts))
