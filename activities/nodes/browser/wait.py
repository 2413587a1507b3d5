"""Wait for something to be seen."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Result, node
from activities.sessions.browser import BROWSER, Condition, OnPage, Page, State
from activities.sessions.spot import Spot
from activities.sessions.target import Target
from workflows.errors import ElementNotFoundError, PageError
from workflows.spec import Effect

_CONDITIONS = ("target", "url", "text")


class Wait(OnPage):
    """What to wait for; everything that is given must be true at the same time."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": [field]} for field in _CONDITIONS]})

    target: Target | None = None
    """An element."""
    state: Literal["visible", "hidden", "attached", "detached", "enabled", "disabled"] = "visible"
    """How the element shall be; `hidden` is also true of one that is not there."""
    spot: Spot | None = None
    """What the element must show, e.g. `{image: ready.png}` on a canvas; with `state: hidden`, not show any more."""
    url: str | None = None
    """An address or its path, exactly or with `*` for anything."""
    text: str | None = None
    """A text the element shows, or the page if there is no target; being part of it is enough."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if all(getattr(self, field) is None for field in _CONDITIONS):
            raise PydanticCustomError("wait", "give at least one of: target, url, text")
        if self.spot is None:
            return self
        if self.target is None or self.url is not None or self.text is not None:
            raise PydanticCustomError("wait", "a spot needs a target beside it, and neither url nor text")
        if self.state not in ("visible", "hidden"):
            raise PydanticCustomError("wait", "a spot is waited for to be visible or hidden")
        return self


class Waited(Result):
    """Where it happened."""

    url: str
    """Where the browser is."""


@node("browser.wait", needs=BROWSER, effect=Effect.READ, label="target", workspace_for="spot")
async def wait(page: Page, params: Wait) -> Waited:
    """Wait until a page shows something, as long as the step may take.

    Steps that act wait by themselves for their element: this is for what no step acts on.

    ```yaml
    - id: done
      do: browser.wait
      timeout: 2m
      with: {target: {text: "Import finished"}}
    ```
    """
    if params.target is not None and params.spot is not None:
        if not await page.sees(params.target, params.spot, gone=params.state == "hidden"):
            raise ElementNotFoundError(f"waited in vain for {params.spot} to be {params.state} on {params.target}")
        return Waited(url=page.url)
    state = State(params.state) if params.target else None
    left = await page.meets(Condition(target=params.target, state=state, url=params.url, text=params.text))
    if left is not None:
        failure = ElementNotFoundError if left.missing else PageError
        raise failure(f"waited in vain for {left.expected} on {left.url}; found {left.found}")
    return Waited(url=page.url)
