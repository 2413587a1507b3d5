"""Scroll."""

from __future__ import annotations

from typing import Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Result, node
from activities.sessions.browser import BROWSER, Edge, OnPage, Page, Point
from activities.sessions.profile import Part
from activities.sessions.target import Target
from workflows.spec import Effect


class Distance(Part):
    """How far."""

    x: float = 0
    """Pixels to the right."""
    y: float = 0
    """Pixels down."""


class Scroll(OnPage):
    """What to bring into view, or what to scroll where to."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": [name]} for name in ("target", "to", "by")]})

    target: Target | None = None
    """An element to bring into view; with `to` or `by`, the box to scroll instead of the page."""
    to: Edge | None = None
    """The edge to go to."""
    by: Distance | None = None
    """How far to go from here."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.target is None and self.to is None and self.by is None:
            raise PydanticCustomError("scroll", "give at least one of: target, to, by")
        if self.to is not None and self.by is not None:
            raise PydanticCustomError("scroll", "give either to or by")
        return self


class ScrolledTo(Result):
    """Nothing: what is in view is for the next steps."""


@node("browser.scroll", needs=BROWSER, effect=Effect.IDEMPOTENT, label="target")
async def scroll(page: Page, params: Scroll) -> ScrolledTo:
    """Bring an element into view, or scroll the page or a box of it; steps that act do so by themselves.

    ```yaml
    - id: terms
      do: browser.scroll
      with: {target: {role: region, name: Terms}, to: bottom}
    ```
    """
    by = Point(params.by.x, params.by.y) if params.by else None
    await page.scroll(params.target, to=params.to, by=by)
    return ScrolledTo()
