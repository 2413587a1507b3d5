"""Close a tab."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from workflows.spec import Effect


class Close(OnPage):
    """Which tab."""


class Closed(Result):
    """What is in front now."""

    url: str
    """The address of the tab that was behind it; `about:blank` if there was none."""


@node("browser.close", needs=BROWSER, effect=Effect.ONCE)
async def close(page: Page, params: Close) -> Closed:  # noqa: ARG001 - the tab of its choice is `page`
    """Close a tab, e.g. one that a click opened; the tab before it comes to the front.

    The browser itself closes when the run ends.

    ```yaml
    - id: back
      do: browser.close
    ```
    """
    return Closed(url=await page.close())
