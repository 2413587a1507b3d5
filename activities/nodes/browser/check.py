"""Check or uncheck a box."""

from __future__ import annotations

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Check(OnPage):
    """Which box, and how it shall be."""

    target: Target
    """The check box, radio button or switch."""
    checked: bool = True
    """Whether it shall be checked."""


class Checked(Result):
    """How it is now."""

    checked: bool
    """Whether it is checked."""


@node("browser.check", needs=BROWSER, effect=Effect.IDEMPOTENT, label="target")
async def check(page: Page, params: Check) -> Checked:
    """Check or uncheck a box; one that is as it shall be is left alone.

    ```yaml
    - id: terms
      do: browser.check
      with: {target: {label: I agree}}
    ```
    """
    await page.check(params.target, checked=params.checked)
    return Checked(checked=params.checked)
