"""Choose an entry of a list."""

from __future__ import annotations

from typing import Self

from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Params, Result, node
from activities.sessions.browser import BROWSER, Page
from activities.sessions.target import Target
from workflows.spec import Effect


class Select(Params):
    """What to choose where."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["value"]}, {"required": ["label"]}]},
    )

    target: Target
    """The list (`select`)."""
    value: str | None = None
    """The entry's value; give this or `label`."""
    label: str | None = None
    """The entry's text; give this or `value`."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.value is None) == (self.label is None):
            raise PydanticCustomError("select", "give either value or label")
        return self


class Selected(Result):
    """What is chosen now."""

    value: str
    """The entry's value."""
    label: str
    """The entry's text."""


@node("browser.select", needs=BROWSER, effect=Effect.IDEMPOTENT, label="target")
async def select(page: Page, params: Select) -> Selected:
    """Choose an entry of a drop-down list, once it is there.

    ```yaml
    - id: country
      do: browser.select
      with: {target: {label: Country}, label: Germany}
    ```
    """
    choice = await page.select(params.target, value=params.value, label=params.label)
    return Selected(value=choice.value, label=choice.label)
