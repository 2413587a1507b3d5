"""Wait for something to be seen."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Result, node
from activities.sessions.browser import BROWSER, Condition, OnPage, Page, State
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
    url: str | None = None
    """An address or its path, exactly or with `*` for anything."""
    text: str | None = None
    """A text the element shows, or the page if there is no target; being part of it is enough."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if all(getattr(self, field) is None for field in _CONDITIONS):
            raise PydanticCustomError("wait", "give at least one of: target, url, text")
        return self


class Waited(Result):
    """Where it happened."""

    url: str
    """Where the browser is."""


@node("browser.wait", needs=BROWSER, effect=Effect.READ, label="target")
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
    state = State(params.state) if params.target else None
    left = await page.meets(Condition(target=params.target, state=state, url=params.url, text=params.text))
    if left is not None:
        failure = ElementNotFoundError if left.missing else PageError
        raise failure(f"waited in vain for {left.expected} on {left.url}; found {left.found}")
    return Waited(url=page.url)
