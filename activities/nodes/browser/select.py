"""Choose an entry of a list."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from activities.node import Result, node
from activities.sessions.browser import BROWSER, Choice, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect

Entries = Annotated[list[str], Field(min_length=1)]


class Select(OnPage):
    """What to choose where."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["value"]}, {"required": ["label"]}]},
    )

    target: Target
    """The list."""
    value: str | Entries | None = None
    """The entry's value, or a list of values where several may be chosen; give this or `label`."""
    label: str | Entries | None = None
    """The entry's text, or a list of texts; give this or `value`."""
    menu: bool = False
    """Whether it is a menu of things to do, which the page may set back once an entry was chosen."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.value is None) == (self.label is None):
            raise PydanticCustomError("select", "give either value or label")
        return self


class Selected(Result):
    """What is chosen now: in a menu that was set back, another entry or none."""

    value: str
    """The entry's value; of several, the first one's."""
    label: str
    """The entry's text; of several, the first one's."""
    labels: list[str]
    """The texts of all entries that are chosen."""


@node("browser.select", needs=BROWSER, effect=Effect.IDEMPOTENT, label="target")
async def select(page: Page, params: Select) -> Selected:
    """Choose an entry of a drop-down list, once it is there; with a list, several and no others.

    A list that a page has made itself (of the role `combobox` or `listbox`) is opened, and its entry clicked.

    ```yaml
    - id: country
      do: browser.select
      with: {target: {label: Country}, label: Germany}
    ```
    """
    chosen = await page.select(
        params.target, values=_listed(params.value), labels=_listed(params.label), menu=params.menu
    )
    first = chosen[0] if chosen else Choice("", "")
    return Selected(value=first.value, label=first.label, labels=[choice.label for choice in chosen])


def _listed(entries: str | list[str] | None) -> list[str]:
    return [entries] if isinstance(entries, str) else entries or []
