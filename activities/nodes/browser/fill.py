"""Fill in a field."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from activities.sessions.writable import Writable, as_typed
from workflows.spec import Effect


class Fill(OnPage):
    """What to write where."""

    target: Target
    """The field."""
    value: Writable
    """What it shall hold; empty text clears it. A number is written with a point and without groups."""


class Filled(Result):
    """Nothing: what was written may be confidential."""


@node("browser.fill", needs=BROWSER, effect=Effect.IDEMPOTENT, label="target")
async def fill(page: Page, params: Fill) -> Filled:
    """Replace what a field holds, once it can be edited.

    Fields may write it in their own way, with other signs, capitals or zeros; one that drops any of it is an error.

    ```yaml
    - id: user
      do: browser.fill
      with: {target: {label: User name}, value: alice}
    ```
    """
    await page.fill(params.target, as_typed(params.value))
    return Filled()
