"""Scroll until enough is there."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.duration import Duration
from workflows.errors import ElementNotFoundError
from workflows.spec import Effect


class ScrollUntil(OnPage):
    """What shall be there."""

    target: Target | None = None
    """An element to scroll to, or with `count` the elements to count; without it, all that the page has."""
    count: Annotated[int, Field(ge=1)] | None = None
    """How many of them shall be there; if the page has fewer, that is no error."""
    within: Target | None = None
    """The box that scrolls; by default the page."""
    patience: Duration = timedelta(seconds=3)
    """How long nothing new may come before it is the end."""

    @model_validator(mode="after")
    def _countable(self) -> Self:
        if self.count is not None and self.target is None:
            raise PydanticCustomError("scroll_until", "count needs a target beside it")
        return self


class ScrolledUntil(Result):
    """How far it went."""

    count: int
    """How many elements match the target now."""
    reached: Literal["target", "count", "end"]
    """What ended it: the target is there, there are enough, or nothing more came."""


@node(
    "browser.scroll_until",
    needs=BROWSER,
    effect=Effect.IDEMPOTENT,
    timeout=timedelta(minutes=2),
    label="target",
)
async def scroll_until(page: Page, params: ScrollUntil) -> ScrolledUntil:
    """Scroll down a page that loads more and more, until something is there or nothing more comes.

    A target that never comes is an error, unless it is only counted.

    ```yaml
    - id: all_orders
      do: browser.scroll_until
      with: {target: {role: article}, count: 200}
    ```
    """
    scrolled = await page.scroll_until(
        params.target, count=params.count, within=params.within, patience=params.patience
    )
    if params.target is None or (params.count is not None and scrolled.end):
        return ScrolledUntil(count=scrolled.count, reached="end")
    if scrolled.end:
        raise ElementNotFoundError(f"no element matches {params.target} although all of the list was scrolled through")
    return ScrolledUntil(count=scrolled.count, reached="count" if params.count is not None else "target")
