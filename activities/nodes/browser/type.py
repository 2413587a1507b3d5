"""Type a text."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import StringConstraints

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.duration import Duration
from workflows.spec import Effect, EffectRule


class Type(OnPage):
    """What to type where."""

    text: Annotated[str, StringConstraints(min_length=1)]
    """The text; a line break is the Enter key."""
    target: Target | None = None
    """The element that gets it; by default whatever has the focus."""
    clear: bool = False
    """Whether to empty the field first."""
    pause: Duration = timedelta()
    """How long to wait between two keys, for pages that cannot keep up."""


class Typed(Result):
    """What the page did at once; what was typed may be confidential."""

    url: str
    """Where the browser is now."""
    dialogs: list[str]
    """The messages of the dialogs the page showed."""


@node(
    "browser.type",
    needs=BROWSER,
    effect=Effect.ONCE,
    effects=[EffectRule(param="clear", values=(True,), effect=Effect.IDEMPOTENT)],
    label="target",
)
async def type(page: Page, params: Type) -> Typed:  # noqa: A001 - what people call it
    """Type a text key by key, as a person would, e.g. into a field that suggests while one types.

    It is added to what the field holds. `browser.fill` is faster, and enough for most fields.

    ```yaml
    - id: city
      do: browser.type
      with: {target: {label: City}, text: Berl, clear: true}
    - id: suggestion
      do: browser.click
      with: {target: {role: option, name: Berlin}}
    ```
    """
    reaction = await page.type(params.text, params.target, clear=params.clear, pause=params.pause)
    return Typed(url=reaction.url, dialogs=list(reaction.dialogs))
