"""Fill in a field."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from activities.node import Result, node
from activities.sessions.browser import BROWSER, OnPage, Page
from activities.sessions.target import Target
from workflows.spec import Effect


def _writable(value: object) -> object:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    raise PydanticCustomError(
        "value", "only text and numbers can be written into a field, not {kind}", {"kind": _kind(value)}
    )


def _kind(value: object) -> str:
    return {type(None): "null", bool: "a truth value", list: "a list", dict: "a mapping"}.get(type(value), "this")


class Fill(OnPage):
    """What to write where."""

    target: Target
    """The field."""
    value: Annotated[str | int | float, BeforeValidator(_writable)]
    """What it shall hold; empty text clears it. A number is written with a point and without groups."""


class Filled(Result):
    """Nothing: what was written may be confidential."""


@node("browser.fill", needs=BROWSER, effect=Effect.IDEMPOTENT, label="target")
async def fill(page: Page, params: Fill) -> Filled:
    """Replace what a field holds, once it can be edited.

    ```yaml
    - id: user
      do: browser.fill
      with: {target: {label: User name}, value: alice}
    ```
    """
    await page.fill(params.target, _written(params.value))
    return Filled()


def _written(value: str | float) -> str:
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)
