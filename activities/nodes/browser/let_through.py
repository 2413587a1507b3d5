"""Let requests through again."""

from __future__ import annotations

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from workflows.spec import Effect


class LetThrough(Params):
    """Nothing to say: it is all requests."""


class ThroughLet(Result):
    """How it went."""

    count: int
    """How many blocks and mocks there were."""


@node("browser.let_through", needs=BROWSER, effect=Effect.IDEMPOTENT)
async def let_through(page: Page, params: LetThrough) -> ThroughLet:  # noqa: ARG001 - every node takes parameters
    """Let all requests through again that `browser.block` and `browser.mock` have held back.

    ```yaml
    - id: no_ads
      do: browser.block
      with: {urls: ["*://ads.example/*"]}
    - id: ads_again
      do: browser.let_through
    ```
    """
    return ThroughLet(count=await page.traffic.let_through())
