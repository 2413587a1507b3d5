"""Run a script in a page."""

from __future__ import annotations

from typing import Annotated

from pydantic import JsonValue, StringConstraints

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Evaluate(OnPage):
    """Which script."""

    script: Annotated[str, StringConstraints(min_length=1)]
    """JavaScript: an expression, or a function, which may be `async`."""
    argument: JsonValue = None
    """What the function is called with."""
    target: Target | None = None
    """An element: the function gets it first, then the argument."""


class Evaluated(Result):
    """What came out."""

    value: JsonValue
    """What the script gave, as JSON; null for what is none."""


@node("browser.evaluate", needs=BROWSER, effect=Effect.ONCE)
async def evaluate(page: Page, params: Evaluate) -> Evaluated:
    """Run a script in the page, where no other node will do.

    What it does is unknown, so it is never repeated blindly. If it only looks, say `effect: read` on the step.

    ```yaml
    - id: total
      do: browser.evaluate
      effect: read
      with:
        script: "names => names.map(name => document.querySelector(name).dataset.amount)"
        argument: ["#net", "#tax"]
    ```
    """
    return Evaluated(value=await page.evaluate(params.script, params.argument, params.target))
