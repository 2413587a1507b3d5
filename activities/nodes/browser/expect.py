"""Make sure of what a page shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Result, node
from activities.sessions.browser import BROWSER, Condition, OnPage, Page, State
from activities.sessions.target import Target
from workflows.errors import ExpectationFailedError
from workflows.spec import Effect

_OF_ELEMENT = ("state", "value", "attributes", "count")
_OF_PAGE = ("text", "not_text", "url", "title")


class Expect(OnPage):
    """What must be seen; everything that is given must be true at the same time."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": [field]} for field in (*_OF_ELEMENT, *_OF_PAGE)],
            "dependentRequired": {field: ["target"] for field in _OF_ELEMENT},
        }
    )

    target: Target | None = None
    """The element it is about; without one it is about the page."""
    state: State | None = None
    """How the element is; `hidden` is also true of one that is not there."""
    text: str | None = None
    """What the element or the page shows; being part of it is enough. What is hidden needs its `state` beside it."""
    not_text: str | None = None
    """What it must not show, not even as a part of something, e.g. `Error`."""
    value: str | None = None
    """What the field holds, exactly."""
    attributes: Annotated[dict[str, str | None], Field(min_length=1)] | None = None
    """What attributes of the element must say, exactly, e.g. `{aria-sort: descending}`; `null` for one that it must not
    have."""
    count: Annotated[int, Field(ge=0)] | None = None
    """How many elements match."""
    url: str | None = None
    """The address or its path, exactly or with `*` for anything."""
    title: str | None = None
    """The page's title, exactly."""

    @model_validator(mode="after")
    def _checkable(self) -> Self:
        if all(getattr(self, field) is None for field in (*_OF_ELEMENT, *_OF_PAGE)):
            fields = ", ".join((*_OF_ELEMENT, *_OF_PAGE))
            raise PydanticCustomError("expect", "give at least one of: {fields}", {"fields": fields})
        lonely = [field for field in _OF_ELEMENT if self.target is None and getattr(self, field) is not None]
        if lonely:
            raise PydanticCustomError("expect", "{field} needs a target beside it", {"field": lonely[0]})
        return self


class Met(Result):
    """Where it is so."""

    url: str
    """Where the browser is."""


@node("browser.expect", needs=BROWSER, effect=Effect.READ, timeout=timedelta(seconds=10), label="target")
async def expect(page: Page, params: Expect) -> Met:
    """Make sure that a page shows what it must, waiting for it as long as the step may take.

    If it does not, the step fails with ExpectationFailedError. That is a business error: the page works, but says
    something else than it should of this case, so the step is not repeated and `catch: business` gets it. To wait for
    a page that is merely slow, or to try again, use `browser.wait`.

    ```yaml
    - id: paid
      do: browser.expect
      with: {target: {role: status}, text: Payment accepted}
    ```
    """
    facts = params.model_dump(exclude={"page", "target"}) | {"attributes": params.attributes or {}}
    left = await page.meets(Condition(**facts, target=params.target))
    if left is not None:
        raise ExpectationFailedError(
            f"expected {left.expected} on {left.url}; found {left.found}",
            expected=left.expected,
            found=left.found,
            page=left.url,
        )
    return Met(url=page.url)
